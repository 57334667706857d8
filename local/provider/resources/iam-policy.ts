import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { json, number, output, required, string, tagged } from "../shape";
import { fromTagList, toTagList } from "../tags";

const gone = ["NoSuchEntityException", "NoSuchEntity"];

/** Versions of a policy that IAM keeps; a further one needs room first. */
const mostVersions = 5;

export const policy = resourceType({
  type: "aws:iam/policy:Policy",
  shape: {
    ...tagged,
    name: string({ replaces: true, computed: true }),
    namePrefix: string({ replaces: true }),
    path: string({ default: "/", replaces: true }),
    description: string({ replaces: true }),
    policy: required(json()),
    arn: output(string()),
    policyId: output(string()),
    attachmentCount: output(number()),
  },
  name: { property: "name", prefixProperty: "namePrefix", maxLength: 128 },
  async create(inputs, { clients }) {
    const { Policy } = await clients.iam.createPolicy({
      PolicyName: inputs.name,
      Path: inputs.path,
      Description: inputs.description,
      PolicyDocument: inputs.policy,
      Tags: toTagList(inputs.tagsAll),
    });
    return Policy?.Arn ?? "";
  },
  async read(PolicyArn, { clients }) {
    const { iam } = clients;
    const found = (await ifThere(gone, iam.getPolicy({ PolicyArn })))?.Policy;
    if (found === undefined) return undefined;
    const [{ PolicyVersion }, { Tags }] = await Promise.all([
      iam.getPolicyVersion({ PolicyArn, VersionId: found.DefaultVersionId }),
      iam.listPolicyTags({ PolicyArn }),
    ]);
    return {
      name: found.PolicyName,
      path: found.Path,
      description: found.Description,
      policy: decodeURIComponent(PolicyVersion?.Document ?? ""),
      arn: PolicyArn,
      policyId: found.PolicyId,
      attachmentCount: found.AttachmentCount,
      tagsAll: fromTagList(Tags),
    };
  },
  async update(PolicyArn, inputs, { changed }, { clients }) {
    const { iam } = clients;
    if (changed.has("policy")) {
      const { Versions = [] } = await iam.listPolicyVersions({ PolicyArn });
      const spare = Versions.filter(({ IsDefaultVersion }) => IsDefaultVersion !== true);
      if (Versions.length >= mostVersions) {
        const oldest = spare.sort(
          (a, b) => Number(a.VersionId?.slice(1)) - Number(b.VersionId?.slice(1)),
        )[0];
        await iam.deletePolicyVersion({ PolicyArn, VersionId: oldest?.VersionId });
      }
      await iam.createPolicyVersion({
        PolicyArn,
        PolicyDocument: inputs.policy,
        SetAsDefault: true,
      });
    }
  },
  tags: {
    remove: (PolicyArn, TagKeys, { clients }) => clients.iam.untagPolicy({ PolicyArn, TagKeys }),
    put: (PolicyArn, tags, { clients }) =>
      clients.iam.tagPolicy({ PolicyArn, Tags: toTagList(tags) }),
  },
  async delete(PolicyArn, _state, { clients }) {
    const { iam } = clients;
    const versions = await ifThere(gone, iam.listPolicyVersions({ PolicyArn }));
    for (const { VersionId, IsDefaultVersion } of versions?.Versions ?? []) {
      if (IsDefaultVersion !== true) await iam.deletePolicyVersion({ PolicyArn, VersionId });
    }
    await ignoreGone(gone, iam.deletePolicy({ PolicyArn }));
  },
});
