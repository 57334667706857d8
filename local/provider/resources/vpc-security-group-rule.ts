import type { SecurityGroupRule } from "@aws-sdk/client-ec2";
import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { number, output, regional, required, string, tagged } from "../shape";
import { fromTagList } from "../tags";
import type { Clients } from "../clients";
import { ec2Tags, tagSpecifications } from "./ec2-tags";

const gone = ["InvalidSecurityGroupRuleId.NotFound", "InvalidGroup.NotFound"];

const shape = {
  ...regional,
  ...tagged,
  securityGroupId: required(string({ replaces: true })),
  ipProtocol: required(string()),
  fromPort: number(),
  toPort: number(),
  cidrIpv4: string(),
  cidrIpv6: string(),
  prefixListId: string(),
  referencedSecurityGroupId: string(),
  description: string(),
  arn: output(string()),
  securityGroupRuleId: output(string()),
};

const sources = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];

/** One rule of a security group as a resource of its own; its id is the rule's. */
const ruleResource = (type: string, direction: "ingress" | "egress") =>
  resourceType({
    type,
    shape,
    check(inputs) {
      const given = sources.filter((property) => inputs[property] !== undefined);
      if (given.length === 1) return [];
      const found = given.length === 0 ? "none" : given.join(" and ");
      return [{ reason: `${found} of ${sources.join(", ")} is given; give exactly one` }];
    },
    /** A rule keeps the kind of its source. */
    alsoReplaces(state, inputs) {
      const kind = (properties: Record<string, unknown>) =>
        sources.find((property) => (properties[property] ?? "") !== "");
      return kind(state) === kind(inputs) ? [] : sources;
    },
    async create(inputs, { clients }) {
      const { description: Description } = inputs;
      const list = <T>(value: string | undefined, range: (text: string) => T) =>
        value === undefined ? undefined : [range(value)];
      const request = {
        GroupId: inputs.securityGroupId,
        IpPermissions: [
          {
            IpProtocol: inputs.ipProtocol,
            FromPort: inputs.fromPort,
            ToPort: inputs.toPort,
            IpRanges: list(inputs.cidrIpv4, (CidrIp) => ({ CidrIp, Description })),
            Ipv6Ranges: list(inputs.cidrIpv6, (CidrIpv6) => ({ CidrIpv6, Description })),
            PrefixListIds: list(inputs.prefixListId, (PrefixListId) => ({
              PrefixListId,
              Description,
            })),
            UserIdGroupPairs: list(inputs.referencedSecurityGroupId, (GroupId) => ({
              GroupId,
              Description,
            })),
          },
        ],
        TagSpecifications: tagSpecifications("security-group-rule", inputs.tagsAll),
      };
      const { SecurityGroupRules } =
        direction === "egress"
          ? await clients.ec2.authorizeSecurityGroupEgress(request)
          : await clients.ec2.authorizeSecurityGroupIngress(request);
      return SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? "";
    },
    async read(id, { clients, region, accountId }) {
      const found = await readRule(clients, id);
      if (found === undefined) return undefined;
      return {
        securityGroupId: found.GroupId,
        ipProtocol: found.IpProtocol,
        fromPort: found.FromPort === -1 ? undefined : found.FromPort,
        toPort: found.ToPort === -1 ? undefined : found.ToPort,
        cidrIpv4: found.CidrIpv4,
        cidrIpv6: found.CidrIpv6,
        prefixListId: found.PrefixListId,
        referencedSecurityGroupId: found.ReferencedGroupInfo?.GroupId,
        description: found.Description,
        arn: `arn:aws:ec2:${region}:${accountId}:security-group-rule/${id}`,
        securityGroupRuleId: id,
        tagsAll: fromTagList(found.Tags),
      };
    },
    async update(id, inputs, _change, { clients }) {
      await clients.ec2.modifySecurityGroupRules({
        GroupId: inputs.securityGroupId,
        SecurityGroupRules: [
          {
            SecurityGroupRuleId: id,
            SecurityGroupRule: {
              IpProtocol: inputs.ipProtocol,
              FromPort: inputs.fromPort,
              ToPort: inputs.toPort,
              CidrIpv4: inputs.cidrIpv4,
              CidrIpv6: inputs.cidrIpv6,
              PrefixListId: inputs.prefixListId,
              ReferencedGroupId: inputs.referencedSecurityGroupId,
              Description: inputs.description,
            },
          },
        ],
      });
    },
    tags: ec2Tags,
    async delete(id, { securityGroupId: GroupId }, { clients }) {
      if ((await readRule(clients, id)) === undefined) return;
      const request = { GroupId, SecurityGroupRuleIds: [id] };
      await ignoreGone(
        gone,
        direction === "egress"
          ? clients.ec2.revokeSecurityGroupEgress(request)
          : clients.ec2.revokeSecurityGroupIngress(request),
      );
    },
  });

async function readRule({ ec2 }: Clients, id: string): Promise<SecurityGroupRule | undefined> {
  const found = await ifThere(
    gone,
    ec2.describeSecurityGroupRules({
      Filters: [{ Name: "security-group-rule-id", Values: [id] }],
      SecurityGroupRuleIds: [id],
    }),
  );
  return found?.SecurityGroupRules?.find(({ SecurityGroupRuleId }) => SecurityGroupRuleId === id);
}

export const securityGroupEgressRule = ruleResource(
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "egress",
);
export const securityGroupIngressRule = ruleResource(
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "ingress",
);
