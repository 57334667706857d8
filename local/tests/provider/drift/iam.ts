import type { Drift } from "./drift";
import { allow, newPolicy, newRole, trust } from "../surroundings";
import type { Clients } from "../../../provider/clients";

/** As the console does it: whatever is attached goes first. */
async function removeRole({ iam }: Clients, RoleName: string | undefined): Promise<void> {
  const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName });
  for (const { PolicyArn } of AttachedPolicies) await iam.detachRolePolicy({ RoleName, PolicyArn });
  const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName });
  for (const PolicyName of PolicyNames) await iam.deleteRolePolicy({ RoleName, PolicyName });
  await iam.deleteRole({ RoleName });
}

export const iamDrifts: Drift[] = [
  {
    type: "aws:iam/role:Role",
    prepare: async (under) => ({
      one: await newPolicy(under, "one"),
      other: await newPolicy(under, "other"),
    }),
    inputs: ({ one = "" }) => ({
      name: "worker",
      assumeRolePolicy: trust("ec2.amazonaws.com"),
      description: "Machines",
      permissionsBoundary: one,
      managedPolicyArns: [one],
      inlinePolicies: [{ name: "queue", policy: allow("sqs:ReceiveMessage") }],
      tags: { Project: "files" },
    }),
    fixed: ["path"],
    counters: ["createDate", "uniqueId"],
    byHand: {
      assumeRolePolicy: ({ iam }, RoleName) =>
        iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust("evil.example.com") }),
      description: ({ iam }, RoleName) =>
        iam.updateRole({ RoleName, Description: "by hand", MaxSessionDuration: 3600 }),
      maxSessionDuration: ({ iam }, RoleName) =>
        iam.updateRole({ RoleName, Description: "Machines", MaxSessionDuration: 43_200 }),
      permissionsBoundary: ({ iam }, RoleName) => iam.deleteRolePermissionsBoundary({ RoleName }),
      managedPolicyArns: ({ iam }, RoleName, { other }) =>
        iam.attachRolePolicy({ RoleName, PolicyArn: other }),
      "inlinePolicies.name": ({ iam }, RoleName) =>
        iam.putRolePolicy({ RoleName, PolicyName: "more", PolicyDocument: allow("*") }),
      "inlinePolicies.policy": ({ iam }, RoleName) =>
        iam.putRolePolicy({ RoleName, PolicyName: "queue", PolicyDocument: allow("*") }),
      tags: ({ iam }, RoleName) => iam.untagRole({ RoleName, TagKeys: ["Project"] }),
    },
    removals: { it: removeRole },
  },
  {
    type: "aws:iam/rolePolicy:RolePolicy",
    prepare: (under) => newRole(under, "with-inline", "ec2.amazonaws.com"),
    inputs: ({ role = "" }) => ({ name: "queue", role, policy: allow("sqs:ReceiveMessage") }),
    fixed: ["role"],
    byHand: {
      policy: ({ iam }, _id, { role: RoleName }) =>
        iam.putRolePolicy({ RoleName, PolicyName: "queue", PolicyDocument: allow("*") }),
    },
    removals: {
      it: ({ iam }, _id, { role: RoleName }) =>
        iam.deleteRolePolicy({ RoleName, PolicyName: "queue" }),
      "its role": (clients, _id, { role }) => removeRole(clients, role),
    },
  },
  {
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    prepare: async (under) => ({
      ...(await newRole(under, "with-attached", "ec2.amazonaws.com")),
      policyArn: await newPolicy(under, "attached"),
    }),
    inputs: ({ role = "", policyArn = "" }) => ({ role, policyArn }),
    fixed: ["role", "policyArn"],
    removals: {
      it: ({ iam }, _id, { role: RoleName, policyArn: PolicyArn }) =>
        iam.detachRolePolicy({ RoleName, PolicyArn }),
      "its role": (clients, _id, { role }) => removeRole(clients, role),
    },
  },
  {
    type: "aws:iam/policy:Policy",
    inputs: { name: "queue", policy: allow("sqs:ReceiveMessage"), tags: { Project: "files" } },
    fixed: ["path", "description"],
    byHand: {
      policy: ({ iam }, PolicyArn) =>
        iam.createPolicyVersion({ PolicyArn, PolicyDocument: allow("*"), SetAsDefault: true }),
      tags: ({ iam }, PolicyArn) =>
        iam.tagPolicy({ PolicyArn, Tags: [{ Key: "byHand", Value: "yes" }] }),
    },
    removals: {
      it: async ({ iam }, PolicyArn) => {
        const { Versions = [] } = await iam.listPolicyVersions({ PolicyArn });
        for (const { VersionId, IsDefaultVersion } of Versions) {
          if (IsDefaultVersion !== true) await iam.deletePolicyVersion({ PolicyArn, VersionId });
        }
        await iam.deletePolicy({ PolicyArn });
      },
    },
  },
  {
    type: "aws:iam/instanceProfile:InstanceProfile",
    prepare: (under) => newRole(under, "machine", "ec2.amazonaws.com"),
    inputs: ({ role = "" }) => ({ name: "machines", role, tags: { Project: "files" } }),
    fixed: ["path"],
    byHand: {
      role: ({ iam }, InstanceProfileName, { role: RoleName }) =>
        iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName }),
      tags: ({ iam }, InstanceProfileName) =>
        iam.untagInstanceProfile({ InstanceProfileName, TagKeys: ["Project"] }),
    },
    removals: {
      it: async ({ iam }, InstanceProfileName, { role: RoleName }) => {
        await iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName });
        await iam.deleteInstanceProfile({ InstanceProfileName });
      },
    },
  },
];
