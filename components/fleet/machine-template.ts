import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bundleDescription } from "../../contracts/release";
import { workerDefaults } from "../../contracts/worker-environment";
import { standardTags } from "../deployment";
import type { BundleLocation } from "./user-data";
import { cloudConfig } from "./user-data";
import {
  fleetDefaults,
  shutdownGraceSeconds,
  type WorkerFleetArgs,
} from "./worker-fleet-arguments";

function securityGroup(name: string, args: WorkerFleetArgs, parent: pulumi.Resource) {
  return new aws.ec2.SecurityGroup(
    `${name}-network`,
    {
      name: args.names.role,
      description: `Machines of ${args.names.autoScalingGroup}: nothing in, only what they call out`,
      vpcId: args.network.vpcId,
      ingress: [],
      egress: args.network.egressPorts.map((port) => ({
        protocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrBlocks: ["0.0.0.0/0"],
        description: `Calls to port ${port}`,
      })),
      tags: { ...standardTags(args.deployment), Name: args.names.role },
    },
    { parent },
  );
}

function userData(args: WorkerFleetArgs, bundle: BundleLocation): pulumi.Output<string> {
  const { worker, queue, deployment, names } = args;
  const bucketNames = args.reads.map(({ bucketName }) => bucketName);
  return pulumi.all([queue.url, queue.deadLetterUrl]).apply(([queueUrl, deadLetterUrl]) =>
    Buffer.from(
      cloudConfig({
        variables: {
          QUEUE_URL: queueUrl,
          DLQ_URL: deadLetterUrl,
          AWS_REGION: deployment.region,
          WORKER_CONCURRENCY: String(worker.concurrency ?? workerDefaults.concurrency),
          VISIBILITY_TIMEOUT_SECONDS: String(queue.visibilityTimeoutSeconds),
          JOB_TIMEOUT_SECONDS: String(queue.jobTimeoutSeconds),
          MAX_RECEIVE_COUNT: String(queue.maxReceiveCount),
          SHUTDOWN_GRACE_SECONDS: String(shutdownGraceSeconds(worker)),
          METRICS_NAMESPACE: worker.metricsNamespace,
          ...(bucketNames.length > 0 ? { S3_BUCKETS: bucketNames.join(",") } : {}),
          DATABASE_URL_PARAMETER: worker.processor.databaseUrlParameter,
          DATABASE_CA_PARAMETER: worker.processor.databaseCaParameter,
          PROCESSOR: worker.processor.kind,
          ...(worker.processor.kind === "command"
            ? { PROCESSOR_COMMAND: JSON.stringify(worker.processor.command) }
            : {}),
        },
        bundle,
        group: {
          name: names.autoScalingGroup,
          region: deployment.region,
        },
        logGroupName: names.logGroup,
        shutdownGraceSeconds: shutdownGraceSeconds(worker),
      }),
    ).toString("base64"),
  );
}

/** The launch template of the machines. A change creates a new version, and so starts an instance refresh. */
export function machineTemplate(
  name: string,
  args: WorkerFleetArgs,
  {
    profile,
    bundle,
    mayRelease,
  }: {
    profile: aws.iam.InstanceProfile;
    bundle: BundleLocation;
    /** Fails if the bundle is held. */
    mayRelease: pulumi.Output<void>;
  },
  parent: pulumi.Resource,
): aws.ec2.LaunchTemplate {
  const tags = standardTags(args.deployment);
  return new aws.ec2.LaunchTemplate(
    `${name}-template`,
    {
      name: args.names.launchTemplate,
      // Description of the version. The release guard and rollbacks read it.
      description: bundleDescription(bundle.sha256),
      imageId: args.machines.imageId,
      instanceType: args.machines.instanceType,
      iamInstanceProfile: { arn: profile.arn },
      vpcSecurityGroupIds: [securityGroup(name, args, parent).id],
      // IMDSv2 only, with one network hop: containers and forged requests (SSRF) cannot read the role's
      // credentials.
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
      },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeType: "gp3",
            volumeSize: args.machines.diskGigabytes ?? fleetDefaults.diskGigabytes,
            encrypted: "true",
            deleteOnTermination: "true",
          },
        },
      ],
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({
        resourceType,
        tags: { ...tags, Name: args.names.machine },
      })),
      userData: pulumi.all([userData(args, bundle), mayRelease]).apply(([text]) => text),
      tags,
    },
    { parent },
  );
}
