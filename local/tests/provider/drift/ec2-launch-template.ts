import type { RequestLaunchTemplateData } from "@aws-sdk/client-ec2";
import { each, type Drift } from "./drift";
import { tag } from "./ec2-security-group";

/** A new version like the latest, but for what is said. */
const version = (table: Record<string, RequestLaunchTemplateData>) =>
  each(table, async ({ ec2 }, LaunchTemplateId, changed) => {
    const { LaunchTemplateVersions } = await ec2.describeLaunchTemplateVersions({
      LaunchTemplateId,
      Versions: ["$Latest"],
    });
    await ec2.createLaunchTemplateVersion({
      LaunchTemplateId,
      VersionDescription: LaunchTemplateVersions?.[0]?.VersionDescription,
      LaunchTemplateData: {
        ...(LaunchTemplateVersions?.[0]?.LaunchTemplateData as RequestLaunchTemplateData),
        ...changed,
      },
    });
  });

const removeTemplate: Drift["removals"] = {
  it: ({ ec2 }, LaunchTemplateId) => ec2.deleteLaunchTemplate({ LaunchTemplateId }),
};
const templateCounters = ["latestVersion", "defaultVersion"];

const metadata = {
  HttpEndpoint: "enabled",
  HttpTokens: "required",
  HttpPutResponseHopLimit: 1,
  HttpProtocolIpv6: "disabled",
  InstanceMetadataTags: "disabled",
} as const;
const volume = {
  VolumeSize: 20,
  VolumeType: "gp3",
  Iops: 3000,
  Throughput: 125,
  Encrypted: true,
  DeleteOnTermination: true,
  SnapshotId: "snap-1",
} as const;
const device = (changed: object) => ({
  BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { ...volume, ...changed } }],
});
const network = {
  DeviceIndex: 0,
  SubnetId: "subnet-1",
  Description: "main",
  AssociatePublicIpAddress: false,
};
const networkInterface = (changed: object) => ({
  NetworkInterfaces: [{ ...network, ...changed }],
});

export const launchTemplateDrifts: Drift[] = [
  {
    type: "aws:ec2/launchTemplate:LaunchTemplate",
    inputs: {
      name: "worker-template",
      description: "bundle 1",
      imageId: "ami-1",
      instanceType: "t3.medium",
      keyName: "key",
      userData: Buffer.from("#cloud-config\n").toString("base64"),
      ebsOptimized: "true",
      disableApiTermination: true,
      instanceInitiatedShutdownBehavior: "stop",
      vpcSecurityGroupIds: ["sg-1"],
      iamInstanceProfile: { arn: "arn:aws:iam::123456789012:instance-profile/machines" },
      monitoring: { enabled: true },
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
        httpProtocolIpv6: "disabled",
        instanceMetadataTags: "disabled",
      },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeSize: 20,
            volumeType: "gp3",
            iops: 3000,
            throughput: 125,
            encrypted: "true",
            deleteOnTermination: "true",
            snapshotId: "snap-1",
          },
        },
      ],
      tagSpecifications: [{ resourceType: "instance", tags: { Name: "worker" } }],
      updateDefaultVersion: true,
      tags: { Project: "files" },
    },
    counters: templateCounters,
    byHand: {
      ...version({
        imageId: { ImageId: "ami-2" },
        instanceType: { InstanceType: "m5.24xlarge" },
        keyName: { KeyName: "by-hand" },
        userData: { UserData: "" },
        ebsOptimized: { EbsOptimized: false },
        disableApiTermination: { DisableApiTermination: false },
        instanceInitiatedShutdownBehavior: { InstanceInitiatedShutdownBehavior: "terminate" },
        vpcSecurityGroupIds: { SecurityGroupIds: ["sg-2"] },
        "iamInstanceProfile.arn": {
          IamInstanceProfile: { Arn: "arn:aws:iam::123456789012:instance-profile/admin" },
        },
        "monitoring.enabled": { Monitoring: { Enabled: false } },
        "metadataOptions.httpEndpoint": {
          MetadataOptions: { ...metadata, HttpEndpoint: "disabled" },
        },
        "metadataOptions.httpTokens": { MetadataOptions: { ...metadata, HttpTokens: "optional" } },
        "metadataOptions.httpPutResponseHopLimit": {
          MetadataOptions: { ...metadata, HttpPutResponseHopLimit: 64 },
        },
        "metadataOptions.httpProtocolIpv6": {
          MetadataOptions: { ...metadata, HttpProtocolIpv6: "enabled" },
        },
        "metadataOptions.instanceMetadataTags": {
          MetadataOptions: { ...metadata, InstanceMetadataTags: "enabled" },
        },
        "blockDeviceMappings.deviceName": {
          BlockDeviceMappings: [{ DeviceName: "/dev/xvdb", Ebs: volume }],
        },
        "blockDeviceMappings.ebs.volumeSize": device({ VolumeSize: 500 }),
        "blockDeviceMappings.ebs.volumeType": device({ VolumeType: "io2" }),
        "blockDeviceMappings.ebs.iops": device({ Iops: 9000 }),
        "blockDeviceMappings.ebs.throughput": device({ Throughput: 500 }),
        "blockDeviceMappings.ebs.encrypted": device({ Encrypted: false }),
        "blockDeviceMappings.ebs.deleteOnTermination": device({ DeleteOnTermination: false }),
        "blockDeviceMappings.ebs.snapshotId": device({ SnapshotId: "snap-2" }),
        "tagSpecifications.resourceType": {
          TagSpecifications: [{ ResourceType: "volume", Tags: [{ Key: "Name", Value: "worker" }] }],
        },
        "tagSpecifications.tags": {
          TagSpecifications: [
            { ResourceType: "instance", Tags: [{ Key: "Name", Value: "by hand" }] },
          ],
        },
      }),
      description: async ({ ec2 }, LaunchTemplateId) => {
        const { LaunchTemplateVersions } = await ec2.describeLaunchTemplateVersions({
          LaunchTemplateId,
          Versions: ["$Latest"],
        });
        const data = LaunchTemplateVersions?.[0]?.LaunchTemplateData;
        await ec2.createLaunchTemplateVersion({
          LaunchTemplateId,
          VersionDescription: "by hand",
          LaunchTemplateData: data as RequestLaunchTemplateData,
        });
      },
      tags: tag,
    },
    removals: removeTemplate,
  },
  {
    type: "aws:ec2/launchTemplate:LaunchTemplate",
    variant: "with network interfaces",
    inputs: {
      name: "networked",
      instanceType: "t3.medium",
      securityGroupNames: ["classic"],
      iamInstanceProfile: { name: "machines" },
      networkInterfaces: [
        {
          deviceIndex: 0,
          subnetId: "subnet-1",
          description: "main",
          associatePublicIpAddress: "false",
        },
      ],
    },
    counters: templateCounters,
    byHand: version({
      securityGroupNames: { SecurityGroups: ["by-hand"] },
      "iamInstanceProfile.name": { IamInstanceProfile: { Name: "admin" } },
      "networkInterfaces.deviceIndex": networkInterface({ DeviceIndex: 1 }),
      "networkInterfaces.subnetId": networkInterface({ SubnetId: "subnet-2" }),
      "networkInterfaces.description": networkInterface({ Description: "by hand" }),
      "networkInterfaces.associatePublicIpAddress": networkInterface({
        AssociatePublicIpAddress: true,
      }),
    }),
    removals: removeTemplate,
  },
  {
    type: "aws:ec2/launchTemplate:LaunchTemplate",
    variant: "with a version that is the default",
    inputs: { name: "pinned", instanceType: "t3.medium", defaultVersion: 1 },
    counters: ["latestVersion"],
    byHand: {
      defaultVersion: async ({ ec2 }, LaunchTemplateId) => {
        const { LaunchTemplateVersion } = await ec2.createLaunchTemplateVersion({
          LaunchTemplateId,
          LaunchTemplateData: { InstanceType: "t3.medium" },
        });
        await ec2.modifyLaunchTemplate({
          LaunchTemplateId,
          DefaultVersion: String(LaunchTemplateVersion?.VersionNumber),
        });
      },
    },
    removals: removeTemplate,
  },
];
