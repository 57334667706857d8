import { each, type Drift } from "./drift";
import { newKey } from "../surroundings";

const content = (script: string) =>
  JSON.stringify({
    schemaVersion: "2.2",
    description: "Switches the bundle",
    parameters: { BundleKey: { type: "String", description: "Its key", default: "none" } },
    mainSteps: [{ action: "aws:runShellScript", name: "switch", inputs: { runCommand: [script] } }],
  });

export const ssmDrifts: Drift[] = [
  {
    type: "aws:ssm/document:Document",
    inputs: {
      name: "files-switch-bundle",
      documentType: "Command",
      documentFormat: "JSON",
      targetType: "/AWS::EC2::Instance",
      versionName: "first",
      permissions: { type: "Share", account_ids: "111111111111" },
      content: content("true"),
      tags: { Project: "files" },
    },
    fixed: ["documentType"],
    // Each repair is a new version of the document.
    counters: ["createdDate", "defaultVersion", "documentVersion", "latestVersion"],
    byHand: {
      ...each(
        {
          content: { Content: content("false") },
          documentFormat: { DocumentFormat: "YAML" as const },
          targetType: { TargetType: "/" },
          versionName: { VersionName: "by-hand" },
        },
        async ({ ssm }, Name, changed) => {
          const { DocumentDescription } = await ssm.updateDocument({
            Name,
            Content: content("true"),
            DocumentFormat: "JSON",
            TargetType: "/AWS::EC2::Instance",
            VersionName: "first",
            DocumentVersion: "$LATEST",
            ...changed,
          });
          const { DocumentVersion } = DocumentDescription ?? {};
          await ssm.updateDocumentDefaultVersion({ Name, DocumentVersion });
        },
      ),
      permissions: ({ ssm }, Name) =>
        ssm.modifyDocumentPermission({
          Name,
          PermissionType: "Share",
          AccountIdsToAdd: ["222222222222"],
        }),
      tags: ({ ssm }, ResourceId) =>
        ssm.removeTagsFromResource({
          ResourceType: "Document",
          ResourceId,
          TagKeys: ["Project"],
        }),
    },
    removals: { it: ({ ssm }, Name) => ssm.deleteDocument({ Name }) },
  },
  {
    type: "aws:ssm/parameter:Parameter",
    inputs: {
      name: "/files/limit",
      type: "String",
      insecureValue: "10",
      description: "Limit",
      allowedPattern: "[0-9]+",
      tier: "Standard",
      tags: { Project: "files" },
    },
    fixed: ["dataType", "arn"],
    counters: ["version"],
    byHand: {
      ...each(
        {
          insecureValue: { Value: "99" },
          description: { Description: "by hand" },
          allowedPattern: { AllowedPattern: ".*" },
          type: { Type: "StringList" as const },
          tier: { Tier: "Advanced" as const },
        },
        ({ ssm }, Name, changed) =>
          ssm.putParameter({
            Name,
            Value: "10",
            Type: "String",
            Description: "Limit",
            AllowedPattern: "[0-9]+",
            Tier: "Standard",
            Overwrite: true,
            ...changed,
          }),
      ),
      tags: ({ ssm }, ResourceId) =>
        ssm.removeTagsFromResource({
          ResourceType: "Parameter",
          ResourceId,
          TagKeys: ["Project"],
        }),
    },
    removals: { it: ({ ssm }, Name) => ssm.deleteParameter({ Name }) },
  },
  {
    type: "aws:ssm/parameter:Parameter",
    variant: "secret",
    prepare: async (under) => ({ key: await newKey(under), other: await newKey(under) }),
    inputs: ({ key = "" }) => ({
      name: "/files/webhook",
      type: "SecureString",
      value: "xoxb",
      keyId: key,
    }),
    counters: ["version"],
    byHand: {
      value: ({ ssm }, Name, { key }) =>
        ssm.putParameter({
          Name,
          Value: "other",
          Type: "SecureString",
          KeyId: key,
          Overwrite: true,
        }),
      keyId: ({ ssm }, Name, { other }) =>
        ssm.putParameter({
          Name,
          Value: "xoxb",
          Type: "SecureString",
          KeyId: other,
          Overwrite: true,
        }),
    },
    removals: { it: ({ ssm }, Name) => ssm.deleteParameter({ Name }) },
  },
];
