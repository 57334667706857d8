import type { AttachmentsSource, DocumentType } from "@aws-sdk/client-ssm";
import { toApi } from "../api-case";
import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { list, map, object, output, regional, required, string, tagged } from "../shape";
import { fromTagList, toTagList } from "../tags";

const gone = ["InvalidDocument"];

export const document = resourceType({
  type: "aws:ssm/document:Document",
  shape: {
    ...regional,
    ...tagged,
    name: string({ replaces: true, computed: true }),
    content: required(string()),
    documentType: required(string()),
    documentFormat: string({ default: "JSON", oneOf: ["JSON", "YAML", "TEXT"] }),
    targetType: string(),
    versionName: string(),
    /** `type` and `account_ids`. */
    permissions: map(string()),
    attachmentsSources: list(
      object({ key: required(string()), name: string(), values: required(list(string())) }),
    ),
    arn: output(string()),
    createdDate: output(string()),
    defaultVersion: output(string()),
    description: output(string()),
    documentVersion: output(string()),
    hash: output(string()),
    hashType: output(string()),
    latestVersion: output(string()),
    owner: output(string()),
    parameters: output(
      list(
        object({ name: string(), type: string(), description: string(), defaultValue: string() }),
      ),
    ),
    platformTypes: output(list(string())),
    schemaVersion: output(string()),
    status: output(string()),
  },
  name: { property: "name", maxLength: 128 },
  check({ permissions }) {
    if (permissions === undefined) return [];
    const given = permissions as Record<string, unknown>;
    const isComplete = given.type === "Share" && given.account_ids !== undefined;
    const reason = "permissions must have the type Share and account_ids";
    return isComplete ? [] : [{ property: "permissions", reason }];
  },
  async create(inputs, { clients, created }) {
    const Name = inputs.name ?? "";
    await clients.ssm.createDocument({
      ...request(inputs),
      Name,
      DocumentType: inputs.documentType as DocumentType,
      Tags: toTagList(inputs.tagsAll),
    });
    created(Name);
    const AccountIdsToAdd = accounts(inputs.permissions);
    if (AccountIdsToAdd.length > 0) {
      await clients.ssm.modifyDocumentPermission({
        Name,
        PermissionType: "Share",
        AccountIdsToAdd,
      });
    }
    return Name;
  },
  async read(Name, { clients: { ssm }, region, accountId }) {
    const found = (await ifThere(gone, ssm.describeDocument({ Name })))?.Document;
    if (found === undefined) return undefined;
    const [latest, permission] = await Promise.all([
      ssm.getDocument({
        Name,
        DocumentFormat: found.DocumentFormat,
        DocumentVersion: "$LATEST",
      }),
      ssm.describeDocumentPermission({ Name, PermissionType: "Share" }),
    ]);
    const shared = permission.AccountIds ?? [];
    return {
      name: Name,
      content: latest.Content,
      documentType: found.DocumentType,
      documentFormat: found.DocumentFormat,
      targetType: found.TargetType,
      versionName: found.VersionName,
      permissions:
        shared.length === 0 ? undefined : { type: "Share", account_ids: shared.join(",") },
      arn: `arn:aws:ssm:${region}:${accountId}:document/${Name}`,
      createdDate: found.CreatedDate?.toISOString(),
      defaultVersion: found.DefaultVersion,
      description: found.Description ?? "",
      documentVersion: found.DocumentVersion,
      hash: found.Hash,
      hashType: found.HashType,
      latestVersion: found.LatestVersion,
      owner: found.Owner,
      parameters: found.Parameters?.map((parameter) => ({
        name: parameter.Name,
        type: parameter.Type,
        description: parameter.Description,
        defaultValue: parameter.DefaultValue,
      })),
      platformTypes: found.PlatformTypes,
      schemaVersion: found.SchemaVersion,
      status: found.Status,
      tagsAll: fromTagList(found.Tags),
    };
  },
  unknownAfter: (changed) =>
    changed.has("content")
      ? ["defaultVersion", "documentVersion", "hash", "latestVersion", "parameters"]
      : [],
  async update(Name, inputs, { changed, old }, { clients: { ssm } }) {
    if (changed.has("permissions")) {
      const [before, after] = [accounts(old.permissions), accounts(inputs.permissions)];
      await ssm.modifyDocumentPermission({
        Name,
        PermissionType: "Share",
        AccountIdsToAdd: after.filter((account) => !before.includes(account)),
        AccountIdsToRemove: before.filter((account) => !after.includes(account)),
      });
    }
    if ([...changed].every((property) => property === "permissions")) return;
    const updated = await ifThere(
      ["DuplicateDocumentContent"],
      ssm.updateDocument({ ...request(inputs), Name, DocumentVersion: "$LATEST" }),
    );
    await ssm.updateDocumentDefaultVersion({
      Name,
      // The content is that of the latest version already: somebody changed the default version.
      DocumentVersion: updated?.DocumentDescription?.DocumentVersion ?? old.latestVersion,
    });
  },
  tags: {
    remove: (ResourceId, TagKeys, { clients }) =>
      clients.ssm.removeTagsFromResource({ ResourceType: "Document", ResourceId, TagKeys }),
    put: (ResourceId, tags, { clients }) =>
      clients.ssm.addTagsToResource({
        ResourceType: "Document",
        ResourceId,
        Tags: toTagList(tags),
      }),
  },
  async delete(Name, _state, { clients }) {
    await ignoreGone(gone, clients.ssm.deleteDocument({ Name }));
  },
});

const accounts = (permissions: Record<string, string> | undefined): string[] =>
  (permissions?.account_ids ?? "").split(",").filter((account) => account !== "");

const request = (inputs: Parameters<typeof document.create>[0]) => ({
  Content: inputs.content,
  DocumentFormat: inputs.documentFormat as "JSON" | undefined,
  TargetType: inputs.targetType,
  VersionName: inputs.versionName,
  Attachments: toApi<AttachmentsSource[] | undefined>(inputs.attachmentsSources),
});
