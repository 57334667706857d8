import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { boolean, json, number, object, required, set, string, tagged } from "../shape";
import { fromTagList, toTagList } from "../tags";
import type { Clients } from "../clients";
import { gone, identity, decodeDocument } from "./iam-parts";

export const role = resourceType({
  type: "aws:iam/role:Role",
  shape: {
    ...tagged,
    ...identity,
    name: string({ replaces: true, computed: true }),
    namePrefix: string({ replaces: true }),
    path: string({ default: "/", replaces: true }),
    assumeRolePolicy: required(json()),
    description: string(),
    maxSessionDuration: number({ default: 3600, range: [3600, 43_200] }),
    permissionsBoundary: string(),
    forceDetachPolicies: boolean({ default: false }),
    managedPolicyArns: set(string(), { computed: true }),
    inlinePolicies: set(object({ name: string(), policy: json() }), {
      computed: true,
      key: "name",
    }),
  },
  name: { property: "name", prefixProperty: "namePrefix", maxLength: 64 },
  async create(inputs, { clients, created }) {
    const RoleName = inputs.name ?? "";
    await clients.iam.createRole({
      RoleName,
      Path: inputs.path,
      AssumeRolePolicyDocument: inputs.assumeRolePolicy,
      Description: inputs.description,
      MaxSessionDuration: inputs.maxSessionDuration,
      PermissionsBoundary: inputs.permissionsBoundary,
      Tags: toTagList(inputs.tagsAll),
    });
    created(RoleName);
    await putInlinePolicies(clients, RoleName, [], inputs.inlinePolicies);
    await attachPolicies(clients, RoleName, [], inputs.managedPolicyArns);
    return RoleName;
  },
  async read(RoleName, { clients }) {
    const found = await ifThere(gone, clients.iam.getRole({ RoleName }));
    if (found?.Role === undefined) return undefined;
    const { Role } = found;
    const [{ PolicyNames = [] }, { AttachedPolicies = [] }] = await Promise.all([
      clients.iam.listRolePolicies({ RoleName }),
      clients.iam.listAttachedRolePolicies({ RoleName }),
    ]);
    const inlinePolicies = await Promise.all(
      PolicyNames.map(async (PolicyName) => {
        const { PolicyDocument } = await clients.iam.getRolePolicy({ RoleName, PolicyName });
        return { name: PolicyName, policy: decodeDocument(PolicyDocument) };
      }),
    );
    return {
      name: RoleName,
      arn: Role.Arn,
      uniqueId: Role.RoleId,
      createDate: Role.CreateDate?.toISOString(),
      path: Role.Path,
      assumeRolePolicy: decodeDocument(Role.AssumeRolePolicyDocument),
      description: Role.Description,
      maxSessionDuration: Role.MaxSessionDuration ?? 3600,
      permissionsBoundary: Role.PermissionsBoundary?.PermissionsBoundaryArn,
      managedPolicyArns: AttachedPolicies.map(({ PolicyArn = "" }) => PolicyArn),
      inlinePolicies,
      tagsAll: fromTagList(Role.Tags),
    };
  },
  async update(RoleName, inputs, { changed, old }, { clients }) {
    const { iam } = clients;
    if (changed.has("assumeRolePolicy")) {
      await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: inputs.assumeRolePolicy });
    }
    if (changed.has("description") || changed.has("maxSessionDuration")) {
      await iam.updateRole({
        RoleName,
        Description: inputs.description ?? "",
        MaxSessionDuration: inputs.maxSessionDuration,
      });
    }
    if (changed.has("permissionsBoundary")) {
      const PermissionsBoundary = inputs.permissionsBoundary;
      if (PermissionsBoundary === undefined) await iam.deleteRolePermissionsBoundary({ RoleName });
      else await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary });
    }
    if (changed.has("inlinePolicies")) {
      await putInlinePolicies(clients, RoleName, old.inlinePolicies ?? [], inputs.inlinePolicies);
    }
    if (changed.has("managedPolicyArns")) {
      await attachPolicies(
        clients,
        RoleName,
        old.managedPolicyArns ?? [],
        inputs.managedPolicyArns,
      );
    }
  },
  tags: {
    remove: (RoleName, TagKeys, { clients }) => clients.iam.untagRole({ RoleName, TagKeys }),
    put: (RoleName, tags, { clients }) => clients.iam.tagRole({ RoleName, Tags: toTagList(tags) }),
  },
  async delete(RoleName, state, { clients }) {
    const { iam } = clients;
    const profiles = await ifThere(gone, iam.listInstanceProfilesForRole({ RoleName }));
    if (profiles === undefined) return;
    for (const { InstanceProfileName } of profiles.InstanceProfiles ?? []) {
      await ignoreGone(gone, iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName }));
    }
    const isForced = state.forceDetachPolicies === true;
    await attachPolicies(
      clients,
      RoleName,
      isForced ? await attachedPolicies(clients, RoleName) : (state.managedPolicyArns ?? []),
      [],
    );
    await putInlinePolicies(clients, RoleName, state.inlinePolicies ?? [], []);
    await ignoreGone(gone, iam.deleteRole({ RoleName }));
  },
});

export const attachedPolicies = async (clients: Clients, RoleName: string) =>
  ((await clients.iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies ?? []).map(
    ({ PolicyArn = "" }) => PolicyArn,
  );

interface InlinePolicy {
  name?: string;
  policy?: string;
}

async function putInlinePolicies(
  { iam }: Clients,
  RoleName: string,
  old: InlinePolicy[],
  wanted: InlinePolicy[] = [],
): Promise<void> {
  const names = new Set(wanted.map(({ name }) => name));
  for (const { name: PolicyName } of old.filter(({ name }) => !names.has(name))) {
    await ignoreGone(gone, iam.deleteRolePolicy({ RoleName, PolicyName }));
  }
  for (const { name: PolicyName, policy: PolicyDocument } of wanted) {
    await iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument });
  }
}

async function attachPolicies(
  { iam }: Clients,
  RoleName: string,
  old: string[],
  wanted: string[] = [],
): Promise<void> {
  for (const PolicyArn of old.filter((arn) => !wanted.includes(arn))) {
    await ignoreGone(gone, iam.detachRolePolicy({ RoleName, PolicyArn }));
  }
  for (const PolicyArn of wanted.filter((arn) => !old.includes(arn))) {
    await iam.attachRolePolicy({ RoleName, PolicyArn });
  }
}
