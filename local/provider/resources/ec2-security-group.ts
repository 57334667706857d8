import type { IpPermission } from "@aws-sdk/client-ec2";
import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import {
  boolean,
  type Infer,
  list,
  number,
  object,
  output,
  regional,
  required,
  set,
  string,
  tagged,
} from "../shape";
import { fromTagList } from "../tags";
import type { Clients } from "../clients";
import { ec2Tags, tagSpecifications } from "./ec2-tags";

const gone = ["InvalidGroup.NotFound", "InvalidGroupId.NotFound"];

const rule = {
  description: string(),
  protocol: required(string()),
  fromPort: required(number()),
  toPort: required(number()),
  cidrBlocks: list(string()),
  ipv6CidrBlocks: list(string()),
  prefixListIds: list(string()),
  securityGroups: set(string()),
  self: boolean({ default: false }),
};
type Rule = Infer<typeof rule>;

export const securityGroup = resourceType({
  type: "aws:ec2/securityGroup:SecurityGroup",
  shape: {
    ...regional,
    ...tagged,
    name: string({ replaces: true, computed: true }),
    namePrefix: string({ replaces: true }),
    description: string({ default: "Managed by Pulumi", replaces: true }),
    vpcId: string({ computed: true, replaces: true }),
    ingress: set(object(rule), { computed: true }),
    egress: set(object(rule), { computed: true }),
    revokeRulesOnDelete: boolean({ default: false }),
    arn: output(string()),
    ownerId: output(string()),
  },
  name: { property: "name", prefixProperty: "namePrefix", maxLength: 255 },
  async create(inputs, { clients, created }) {
    const { GroupId = "" } = await clients.ec2.createSecurityGroup({
      GroupName: inputs.name,
      Description: inputs.description,
      VpcId: inputs.vpcId ?? (await defaultVpc(clients)),
      TagSpecifications: tagSpecifications("security-group", inputs.tagsAll),
    });
    created(GroupId);
    // AWS allows all outbound traffic in a new group. Like the official provider, this removes that rule.
    const fresh = await readGroup(clients, GroupId);
    await changeRules(clients, GroupId, "egress", fresh?.IpPermissionsEgress ?? [], inputs.egress);
    await changeRules(clients, GroupId, "ingress", fresh?.IpPermissions ?? [], inputs.ingress);
    return GroupId;
  },
  async read(id, { clients, region, accountId }) {
    const group = await readGroup(clients, id);
    if (group === undefined) return undefined;
    const ownerId = group.OwnerId ?? accountId;
    return {
      name: group.GroupName,
      description: group.Description,
      vpcId: group.VpcId,
      ingress: toRules(group.IpPermissions, id),
      egress: toRules(group.IpPermissionsEgress, id),
      arn: `arn:aws:ec2:${region}:${ownerId}:security-group/${id}`,
      ownerId,
      tagsAll: fromTagList(group.Tags),
    };
  },
  async update(id, inputs, { changed }, { clients }) {
    const group = await readGroup(clients, id);
    if (changed.has("egress")) {
      const now = group?.IpPermissionsEgress ?? [];
      await changeRules(clients, id, "egress", now, inputs.egress);
    }
    if (changed.has("ingress")) {
      await changeRules(clients, id, "ingress", group?.IpPermissions ?? [], inputs.ingress);
    }
  },
  tags: ec2Tags,
  async delete(id, _state, { clients }) {
    await ignoreGone(gone, clients.ec2.deleteSecurityGroup({ GroupId: id }));
  },
});

async function readGroup({ ec2 }: Clients, id: string) {
  const found = await ifThere(gone, ec2.describeSecurityGroups({ GroupIds: [id] }));
  return found?.SecurityGroups?.[0];
}

async function defaultVpc({ ec2 }: Clients): Promise<string | undefined> {
  const { Vpcs } = await ec2.describeVpcs({ Filters: [{ Name: "is-default", Values: ["true"] }] });
  return Vpcs?.[0]?.VpcId;
}

async function changeRules(
  { ec2 }: Clients,
  GroupId: string,
  direction: "ingress" | "egress",
  now: IpPermission[],
  wanted: Rule[] | undefined,
): Promise<void> {
  const target = (wanted ?? []).map((one) => toPermission(one, GroupId));
  if (now.length > 0) {
    const revoke = { GroupId, IpPermissions: now.map(revocation) };
    if (direction === "egress") await ec2.revokeSecurityGroupEgress(revoke);
    else await ec2.revokeSecurityGroupIngress(revoke);
  }
  if (target.length === 0) return;
  const authorize = { GroupId, IpPermissions: target };
  if (direction === "egress") await ec2.authorizeSecurityGroupEgress(authorize);
  else await ec2.authorizeSecurityGroupIngress(authorize);
}

const withoutEmpty = (permission: IpPermission): IpPermission =>
  Object.fromEntries(
    Object.entries(permission).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  );

/** A rule as it was read, as a revocation names it: groups of the own account by their ids. */
const revocation = (permission: IpPermission): IpPermission =>
  withoutEmpty({
    ...permission,
    UserIdGroupPairs:
      permission.UserIdGroupPairs?.map(({ GroupId, Description }) => ({ GroupId, Description })) ??
      [],
  });

/** "-1" is all protocols; then there are no ports. */
const protocolOf = (protocol: string) => (protocol === "all" ? "-1" : protocol);

function toPermission(given: Rule, ownId: string): IpPermission {
  const { description: Description } = given;
  const groups = [...(given.securityGroups ?? []), ...(given.self === true ? [ownId] : [])];
  const isAll = protocolOf(given.protocol) === "-1";
  return withoutEmpty({
    IpProtocol: protocolOf(given.protocol),
    ...(isAll ? {} : { FromPort: given.fromPort, ToPort: given.toPort }),
    IpRanges: given.cidrBlocks?.map((CidrIp) => ({ CidrIp, Description })) ?? [],
    Ipv6Ranges: given.ipv6CidrBlocks?.map((CidrIpv6) => ({ CidrIpv6, Description })) ?? [],
    PrefixListIds:
      given.prefixListIds?.map((PrefixListId) => ({ PrefixListId, Description })) ?? [],
    UserIdGroupPairs: groups.map((GroupId) => ({ GroupId, Description })),
  });
}

/** One rule for each description, as a program writes them: AWS puts descriptions on the ranges. */
function toRules(permissions: IpPermission[] | undefined, ownId: string): Rule[] {
  return (permissions ?? []).flatMap((permission) => {
    const ranges = [
      ...(permission.IpRanges ?? []),
      ...(permission.Ipv6Ranges ?? []),
      ...(permission.PrefixListIds ?? []),
      ...(permission.UserIdGroupPairs ?? []),
    ];
    const descriptions = new Set(ranges.map(({ Description }) => Description ?? ""));
    return [...descriptions].map((description): Rule => {
      const of = <T extends { Description?: string }>(list: T[] | undefined) =>
        (list ?? []).filter(({ Description }) => (Description ?? "") === description);
      const groups = of(permission.UserIdGroupPairs).map(({ GroupId = "" }) => GroupId);
      return {
        description,
        protocol: permission.IpProtocol ?? "-1",
        fromPort: permission.FromPort === -1 ? 0 : (permission.FromPort ?? 0),
        toPort: permission.ToPort === -1 ? 0 : (permission.ToPort ?? 0),
        cidrBlocks: of(permission.IpRanges).map(({ CidrIp = "" }) => CidrIp),
        ipv6CidrBlocks: of(permission.Ipv6Ranges).map(({ CidrIpv6 = "" }) => CidrIpv6),
        prefixListIds: of(permission.PrefixListIds).map(({ PrefixListId = "" }) => PrefixListId),
        securityGroups: groups.filter((id) => id !== ownId),
        self: groups.includes(ownId),
      };
    });
  });
}
