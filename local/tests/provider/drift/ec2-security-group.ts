import type { IpPermission } from "@aws-sdk/client-ec2";
import { each, type ByHand, type Drift } from "./drift";
import { newSecurityGroup } from "../surroundings";
import type { ProviderUnderTest } from "../provider-under-test";

export const tag: ByHand = ({ ec2 }, id) =>
  ec2.createTags({ Resources: [id], Tags: [{ Key: "byHand", Value: "yes" }] });

const rule = {
  description: "TLS",
  protocol: "tcp",
  fromPort: 443,
  toPort: 443,
  cidrBlocks: ["10.0.0.0/8"],
  ipv6CidrBlocks: ["fd00::/8"],
};
const permission: IpPermission = {
  IpProtocol: "tcp",
  FromPort: 443,
  ToPort: 443,
  IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "TLS" }],
  Ipv6Ranges: [{ CidrIpv6: "fd00::/8", Description: "TLS" }],
};

/** The one rule of a group in a direction, in the place of the one it has. */
const replaceRule =
  (direction: "ingress" | "egress", changed: (id: string, other: string) => IpPermission): ByHand =>
  async ({ ec2 }, GroupId, { other = "" }) => {
    const groups = [GroupId, other];
    const base = {
      ...permission,
      UserIdGroupPairs: groups.map((id) => ({ GroupId: id, Description: "TLS" })),
    };
    const revoked = { GroupId, IpPermissions: [base] };
    const authorized = { GroupId, IpPermissions: [{ ...base, ...changed(GroupId, other) }] };
    if (direction === "ingress") {
      await ec2.revokeSecurityGroupIngress(revoked);
      await ec2.authorizeSecurityGroupIngress(authorized);
    } else {
      await ec2.revokeSecurityGroupEgress(revoked);
      await ec2.authorizeSecurityGroupEgress(authorized);
    }
  };

const described = (Description: string) => (id: string, other: string) => ({
  IpRanges: [{ CidrIp: "10.0.0.0/8", Description }],
  Ipv6Ranges: [{ CidrIpv6: "fd00::/8", Description }],
  UserIdGroupPairs: [id, other].map((GroupId) => ({ GroupId, Description })),
});

const ruleChanges = (direction: "ingress" | "egress"): Record<string, ByHand> =>
  Object.fromEntries(
    Object.entries({
      description: described("by hand"),
      protocol: () => ({ IpProtocol: "udp" }),
      fromPort: () => ({ FromPort: 1 }),
      toPort: () => ({ ToPort: 65_535 }),
      cidrBlocks: () => ({ IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "TLS" }] }),
      ipv6CidrBlocks: () => ({ Ipv6Ranges: [{ CidrIpv6: "::/0", Description: "TLS" }] }),
      securityGroups: (id: string) => ({
        UserIdGroupPairs: [{ GroupId: id, Description: "TLS" }],
      }),
      self: (_id: string, other: string) => ({
        UserIdGroupPairs: [{ GroupId: other, Description: "TLS" }],
      }),
    }).map(([property, changed]) => [`${direction}.${property}`, replaceRule(direction, changed)]),
  );

/** A rule of its own: one source each. */
const ruleDrifts = (direction: "Ingress" | "Egress"): Drift[] => {
  const type = `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`;
  const sources = {
    cidrIpv4: ["10.0.0.0/8", "CidrIpv4", "0.0.0.0/0"],
    cidrIpv6: ["fd00::/8", "CidrIpv6", "::/0"],
  };
  return Object.entries(sources).map(([property, [given = "", field = "", other]]): Drift => {
    const modify = (table: Record<string, object>) =>
      each(table, ({ ec2 }, id, changed, { group }) =>
        ec2.modifySecurityGroupRules({
          GroupId: group,
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: id,
              SecurityGroupRule: {
                IpProtocol: "tcp",
                FromPort: 443,
                ToPort: 443,
                Description: "TLS",
                [field]: given,
                ...changed,
              },
            },
          ],
        }),
      );
    return {
      type,
      variant: `by ${property}`,
      prepare: (under: ProviderUnderTest) => newSecurityGroup(under, `${direction}-${property}`),
      inputs: ({ group = "" }) => ({
        securityGroupId: group,
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        description: "TLS",
        [property]: given,
      }),
      fixed: ["securityGroupId"],
      byHand: {
        ...modify({ [property]: { [field]: other } }),
        ...(property === "cidrIpv4" && {
          ...modify({
            ipProtocol: { IpProtocol: "udp" },
            fromPort: { FromPort: 1 },
            toPort: { ToPort: 65_535 },
            description: { Description: "by hand" },
          }),
          tags: tag,
        }),
      },
      removals: {
        it: ({ ec2 }, id, { group: GroupId }) => {
          const request = { GroupId, SecurityGroupRuleIds: [id] };
          return direction === "Ingress"
            ? ec2.revokeSecurityGroupIngress(request)
            : ec2.revokeSecurityGroupEgress(request);
        },
        "its group": ({ ec2 }, _id, { group: GroupId }) => ec2.deleteSecurityGroup({ GroupId }),
      },
    };
  });
};

export const securityGroupDrifts: Drift[] = [
  {
    type: "aws:ec2/securityGroup:SecurityGroup",
    prepare: async (under) => ({
      other: (await newSecurityGroup(under, "other")).group,
    }),
    inputs: ({ other = "" }) => ({
      name: "machines",
      description: "Machines",
      ingress: [{ ...rule, securityGroups: [other], self: true }],
      egress: [{ ...rule, securityGroups: [other], self: true }],
      tags: { Name: "machines" },
    }),
    fixed: ["description", "vpcId"],
    byHand: {
      ...ruleChanges("ingress"),
      ...ruleChanges("egress"),
      ingress: ({ ec2 }, GroupId) =>
        ec2.authorizeSecurityGroupIngress({
          GroupId,
          IpPermissions: [
            { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
          ],
        }),
      tags: tag,
    },
    removals: { it: ({ ec2 }, GroupId) => ec2.deleteSecurityGroup({ GroupId }) },
  },
  ...ruleDrifts("Ingress"),
  ...ruleDrifts("Egress"),
];
