import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { string, tagged } from "../shape";
import { fromTagList, toTagList } from "../tags";
import { gone, identity } from "./iam-parts";

export const instanceProfile = resourceType({
  type: "aws:iam/instanceProfile:InstanceProfile",
  shape: {
    ...tagged,
    ...identity,
    name: string({ replaces: true, computed: true }),
    namePrefix: string({ replaces: true }),
    path: string({ default: "/", replaces: true }),
    role: string(),
  },
  name: { property: "name", prefixProperty: "namePrefix", maxLength: 128 },
  async create(inputs, { clients, created }) {
    const InstanceProfileName = inputs.name ?? "";
    await clients.iam.createInstanceProfile({
      InstanceProfileName,
      Path: inputs.path,
      Tags: toTagList(inputs.tagsAll),
    });
    created(InstanceProfileName);
    if (inputs.role !== undefined) {
      const RoleName = inputs.role;
      await clients.iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName });
    }
    return InstanceProfileName;
  },
  async read(id, { clients }) {
    const found = await ifThere(gone, clients.iam.getInstanceProfile({ InstanceProfileName: id }));
    if (found?.InstanceProfile === undefined) return undefined;
    const profile = found.InstanceProfile;
    return {
      name: id,
      arn: profile.Arn,
      uniqueId: profile.InstanceProfileId,
      createDate: profile.CreateDate?.toISOString(),
      path: profile.Path,
      role: profile.Roles?.[0]?.RoleName,
      tagsAll: fromTagList(profile.Tags),
    };
  },
  async update(InstanceProfileName, inputs, { changed, old }, { clients }) {
    const { iam } = clients;
    if (changed.has("role")) {
      if (old.role !== undefined) {
        const RoleName = old.role;
        await ignoreGone(
          gone,
          iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName }),
        );
      }
      if (inputs.role !== undefined) {
        await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: inputs.role });
      }
    }
  },
  tags: {
    remove: (InstanceProfileName, TagKeys, { clients }) =>
      clients.iam.untagInstanceProfile({ InstanceProfileName, TagKeys }),
    put: (InstanceProfileName, tags, { clients }) =>
      clients.iam.tagInstanceProfile({ InstanceProfileName, Tags: toTagList(tags) }),
  },
  async delete(InstanceProfileName, { role: RoleName }, { clients }) {
    if (RoleName !== undefined) {
      await ignoreGone(
        gone,
        clients.iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName }),
      );
    }
    await ignoreGone(gone, clients.iam.deleteInstanceProfile({ InstanceProfileName }));
  },
});
