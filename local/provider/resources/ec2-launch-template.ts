import type { RequestLaunchTemplateData, ResponseLaunchTemplateData } from "@aws-sdk/client-ec2";
import { fromApi, toApi } from "../api-case";
import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import {
  boolean,
  type Infer,
  list,
  map,
  number,
  object,
  output,
  regional,
  set,
  string,
  tagged,
} from "../shape";
import { fromTagList, toTagList } from "../tags";
import { ec2Tags, tagSpecifications } from "./ec2-tags";

const gone = [
  "InvalidLaunchTemplateId.NotFound",
  "InvalidLaunchTemplateId.NotFoundException",
  "InvalidLaunchTemplateName.NotFoundException",
];

/** Booleans that the official provider takes as text, so that absent is not false. */
const textFlag = () => string({ oneOf: ["true", "false"] });

/** The properties of a template version. The others belong to the template itself. */
const data = {
  imageId: string(),
  instanceType: string(),
  keyName: string(),
  userData: string(),
  ebsOptimized: textFlag(),
  disableApiTermination: boolean(),
  disableApiStop: boolean(),
  instanceInitiatedShutdownBehavior: string({ oneOf: ["stop", "terminate"] }),
  vpcSecurityGroupIds: set(string()),
  securityGroupNames: set(string()),
  iamInstanceProfile: object({ arn: string(), name: string() }),
  monitoring: object({ enabled: boolean() }),
  creditSpecification: object({ cpuCredits: string() }),
  metadataOptions: object(
    {
      httpEndpoint: string({ computed: true }),
      httpTokens: string({ computed: true }),
      httpPutResponseHopLimit: number({ computed: true, range: [1, 64] }),
      httpProtocolIpv6: string({ computed: true }),
      instanceMetadataTags: string({ computed: true }),
    },
    { computed: true },
  ),
  blockDeviceMappings: list(
    object({
      deviceName: string(),
      noDevice: string(),
      virtualName: string(),
      ebs: object({
        volumeSize: number({ computed: true }),
        volumeType: string({ computed: true }),
        iops: number({ computed: true }),
        throughput: number({ computed: true }),
        encrypted: textFlag(),
        deleteOnTermination: textFlag(),
        kmsKeyId: string(),
        snapshotId: string(),
      }),
    }),
  ),
  networkInterfaces: list(
    object({
      deviceIndex: number(),
      subnetId: string(),
      description: string(),
      associatePublicIpAddress: textFlag(),
      deleteOnTermination: textFlag(),
      securityGroups: set(string()),
    }),
  ),
  tagSpecifications: list(object({ resourceType: string(), tags: map(string()) })),
};

export const launchTemplate = resourceType({
  type: "aws:ec2/launchTemplate:LaunchTemplate",
  shape: {
    ...regional,
    ...tagged,
    ...data,
    name: string({ replaces: true, computed: true }),
    namePrefix: string({ replaces: true }),
    description: string(),
    defaultVersion: number({ computed: true }),
    updateDefaultVersion: boolean(),
    arn: output(string()),
    latestVersion: output(number()),
  },
  name: { property: "name", prefixProperty: "namePrefix", maxLength: 125 },
  async create(inputs, { clients, created }) {
    const { LaunchTemplate } = await clients.ec2.createLaunchTemplate({
      LaunchTemplateName: inputs.name,
      VersionDescription: inputs.description,
      LaunchTemplateData: toData(inputs),
      TagSpecifications: tagSpecifications("launch-template", inputs.tagsAll),
    });
    const id = LaunchTemplate?.LaunchTemplateId ?? "";
    created(id);
    return id;
  },
  async read(id, { clients, region, accountId }) {
    const { ec2 } = clients;
    const found = await ifThere(gone, ec2.describeLaunchTemplates({ LaunchTemplateIds: [id] }));
    const template = found?.LaunchTemplates?.[0];
    if (template === undefined) return undefined;
    const { LaunchTemplateVersions } = await ec2.describeLaunchTemplateVersions({
      LaunchTemplateId: id,
      Versions: ["$Latest"],
    });
    const version = LaunchTemplateVersions?.[0];
    return {
      ...fromData(version?.LaunchTemplateData ?? {}),
      name: template.LaunchTemplateName,
      description: version?.VersionDescription,
      defaultVersion: template.DefaultVersionNumber,
      latestVersion: template.LatestVersionNumber,
      arn: `arn:aws:ec2:${region}:${accountId}:launch-template/${id}`,
      tagsAll: fromTagList(template.Tags),
    };
  },
  unknownAfter: (changed) => (makesVersion(changed) ? ["latestVersion", "defaultVersion"] : []),
  async update(id, inputs, { changed, old }, { clients }) {
    const { ec2 } = clients;
    let latest = old.latestVersion;
    if (makesVersion(changed)) {
      const { LaunchTemplateVersion } = await ec2.createLaunchTemplateVersion({
        LaunchTemplateId: id,
        VersionDescription: inputs.description,
        LaunchTemplateData: toData(inputs),
      });
      latest = LaunchTemplateVersion?.VersionNumber;
    }
    const wanted = inputs.updateDefaultVersion === true ? latest : inputs.defaultVersion;
    if (wanted !== undefined && wanted !== old.defaultVersion) {
      await ec2.modifyLaunchTemplate({ LaunchTemplateId: id, DefaultVersion: String(wanted) });
    }
  },
  tags: ec2Tags,
  async delete(id, _state, { clients }) {
    await ignoreGone(gone, clients.ec2.deleteLaunchTemplate({ LaunchTemplateId: id }));
  },
});

const makesVersion = (changed: ReadonlySet<string>) =>
  [...changed].some((property) => property in data || property === "description");

type Inputs = Infer<typeof data>;

const flag = (text: string | undefined) => (text === undefined ? undefined : text === "true");
const flagText = (value: boolean | undefined) => (value === undefined ? undefined : String(value));

function toData(inputs: Inputs): RequestLaunchTemplateData {
  return {
    ...toApi<RequestLaunchTemplateData>({
      imageId: inputs.imageId,
      instanceType: inputs.instanceType,
      keyName: inputs.keyName,
      userData: inputs.userData,
      disableApiTermination: inputs.disableApiTermination,
      disableApiStop: inputs.disableApiStop,
      instanceInitiatedShutdownBehavior: inputs.instanceInitiatedShutdownBehavior,
      iamInstanceProfile: inputs.iamInstanceProfile,
      monitoring: inputs.monitoring,
      creditSpecification: inputs.creditSpecification,
      metadataOptions: inputs.metadataOptions,
      securityGroupIds: inputs.vpcSecurityGroupIds,
      securityGroups: inputs.securityGroupNames,
      ebsOptimized: flag(inputs.ebsOptimized),
      blockDeviceMappings: inputs.blockDeviceMappings?.map(({ ebs, ...device }) => ({
        ...device,
        ebs:
          ebs === undefined
            ? undefined
            : {
                ...ebs,
                encrypted: flag(ebs.encrypted),
                deleteOnTermination: flag(ebs.deleteOnTermination),
              },
      })),
    }),
    NetworkInterfaces: inputs.networkInterfaces?.map((one) => ({
      DeviceIndex: one.deviceIndex,
      SubnetId: one.subnetId,
      Description: one.description,
      AssociatePublicIpAddress: flag(one.associatePublicIpAddress),
      DeleteOnTermination: flag(one.deleteOnTermination),
      Groups: one.securityGroups,
    })),
    TagSpecifications: inputs.tagSpecifications?.map(({ resourceType: type, tags }) => ({
      ResourceType: type as "instance" | undefined,
      Tags: toTagList(tags),
    })),
  };
}

function fromData(found: ResponseLaunchTemplateData): Partial<Inputs> {
  return {
    imageId: found.ImageId,
    instanceType: found.InstanceType,
    keyName: found.KeyName,
    userData: found.UserData,
    ebsOptimized: flagText(found.EbsOptimized),
    disableApiTermination: found.DisableApiTermination,
    disableApiStop: found.DisableApiStop,
    instanceInitiatedShutdownBehavior: found.InstanceInitiatedShutdownBehavior,
    vpcSecurityGroupIds: found.SecurityGroupIds,
    securityGroupNames: found.SecurityGroups,
    iamInstanceProfile: fromApi(found.IamInstanceProfile),
    monitoring: fromApi(found.Monitoring),
    creditSpecification: fromApi(found.CreditSpecification),
    metadataOptions: fromApi(found.MetadataOptions),
    blockDeviceMappings: found.BlockDeviceMappings?.map(({ Ebs, ...device }) => ({
      ...fromApi<object>(device),
      ebs:
        Ebs === undefined
          ? undefined
          : {
              ...fromApi<object>(Ebs),
              encrypted: flagText(Ebs.Encrypted),
              deleteOnTermination: flagText(Ebs.DeleteOnTermination),
            },
    })),
    networkInterfaces: found.NetworkInterfaces?.map((one) => ({
      deviceIndex: one.DeviceIndex,
      subnetId: one.SubnetId,
      description: one.Description,
      associatePublicIpAddress: flagText(one.AssociatePublicIpAddress),
      deleteOnTermination: flagText(one.DeleteOnTermination),
      securityGroups: one.Groups,
    })),
    tagSpecifications: found.TagSpecifications?.map(({ ResourceType, Tags }) => ({
      resourceType: ResourceType,
      tags: fromTagList(Tags),
    })),
  };
}
