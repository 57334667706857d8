import type { Filter } from "@aws-sdk/client-ec2";
import { boolean, type Infer, list, map, object, output, required, set, string } from "../shape";
import { fromTagList } from "../tags";
import { functionType, inRegion } from "./function-type";

const filters = set(object({ name: required(string()), values: required(list(string())) }));

interface Conditions {
  filters?: Infer<{ f: typeof filters }>["f"];
  tags?: Record<string, string>;
}

/** Filters and tags as one list, as EC2 requires. */
const toFilters = ({ filters: given = [], tags = {} }: Conditions): Filter[] => [
  ...given.map(({ name, values }) => ({ Name: name, Values: values })),
  ...Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] })),
];

const orUndefined = <T>(values: T[]): T[] | undefined => (values.length === 0 ? undefined : values);

export const getVpc = functionType({
  token: "aws:ec2/getVpc:getVpc",
  shape: {
    ...inRegion,
    id: string(),
    cidrBlock: string(),
    default: boolean(),
    dhcpOptionsId: string(),
    state: string(),
    filters,
    tags: map(string()),
  },
  async run(args, { clients, region, configuration }) {
    const conditions = toFilters(args);
    const also = (Name: string, value: string | boolean | undefined) => {
      if (value !== undefined) conditions.push({ Name, Values: [String(value)] });
    };
    also("cidr", args.cidrBlock);
    also("is-default", args.default === true ? true : undefined);
    also("dhcp-options-id", args.dhcpOptionsId);
    also("state", args.state);
    const { Vpcs = [] } = await clients.ec2.describeVpcs({
      VpcIds: args.id === undefined ? undefined : [args.id],
      Filters: orUndefined(conditions),
    });
    const [vpc] = Vpcs;
    if (vpc === undefined || Vpcs.length > 1) {
      throw new Error(
        `${Vpcs.length} VPCs in ${region} match ${JSON.stringify(args)}; getVpc needs exactly one`,
      );
    }
    const { accountId } = await configuration.callerIdentity();
    // The official provider, too, leaves the route table out if it may not read it.
    const routes = await clients.ec2
      .describeRouteTables({
        Filters: [
          { Name: "vpc-id", Values: [vpc.VpcId ?? ""] },
          { Name: "association.main", Values: ["true"] },
        ],
      })
      .catch(() => undefined);
    return {
      id: vpc.VpcId,
      arn: `arn:aws:ec2:${region}:${accountId}:vpc/${vpc.VpcId}`,
      cidrBlock: vpc.CidrBlock,
      cidrBlockAssociations: (vpc.CidrBlockAssociationSet ?? []).map((one) => ({
        associationId: one.AssociationId,
        cidrBlock: one.CidrBlock,
        state: one.CidrBlockState?.State,
      })),
      default: vpc.IsDefault,
      dhcpOptionsId: vpc.DhcpOptionsId,
      instanceTenancy: vpc.InstanceTenancy,
      mainRouteTableId: routes?.RouteTables?.[0]?.RouteTableId,
      ownerId: vpc.OwnerId ?? accountId,
      state: vpc.State,
      tags: fromTagList(vpc.Tags),
    };
  },
});

export const getSubnets = functionType({
  token: "aws:ec2/getSubnets:getSubnets",
  shape: { ...inRegion, filters, tags: map(string()) },
  async run(args, { clients, region }) {
    const { Subnets = [] } = await clients.ec2.describeSubnets({
      Filters: orUndefined(toFilters(args)),
    });
    return { id: region, ids: Subnets.map(({ SubnetId }) => SubnetId).sort() };
  },
});

export const getAmi = functionType({
  token: "aws:ec2/getAmi:getAmi",
  shape: {
    ...inRegion,
    owners: list(string()),
    filters,
    mostRecent: boolean({ default: false }),
    nameRegex: string(),
    includeDeprecated: boolean(),
    tags: output(map(string())),
  },
  async run({ owners, nameRegex, mostRecent, filters: given }, { clients, region }) {
    const { Images = [] } = await clients.ec2.describeImages({
      Owners: owners,
      Filters: orUndefined(toFilters({ filters: given })),
    });
    const pattern = nameRegex === undefined ? undefined : new RegExp(nameRegex);
    const found = Images.filter(({ Name = "" }) => pattern?.test(Name) ?? true).sort((a, b) =>
      (b.CreationDate ?? "").localeCompare(a.CreationDate ?? ""),
    );
    const [image] = found;
    if (image === undefined || (found.length > 1 && mostRecent !== true)) {
      throw new Error(
        `${found.length} images in ${region} match; getAmi needs exactly one, or mostRecent`,
      );
    }
    return {
      id: image.ImageId,
      imageId: image.ImageId,
      arn: `arn:aws:ec2:${region}::image/${image.ImageId}`,
      name: image.Name,
      description: image.Description,
      architecture: image.Architecture,
      creationDate: image.CreationDate,
      ownerId: image.OwnerId,
      rootDeviceName: image.RootDeviceName,
      rootDeviceType: image.RootDeviceType,
      virtualizationType: image.VirtualizationType,
      state: image.State,
      tags: fromTagList(image.Tags),
    };
  },
});
