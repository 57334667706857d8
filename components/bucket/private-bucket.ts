import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentFaults } from "../argument-faults";
import type { DeployedAlarm } from "../alarms/create-alarm";
import type { Widget } from "../dashboard/widgets";
import { standardTags, type Deployment } from "../deployment";
import type { Described, OutputPart } from "../described";

export interface PrivateBucketArgs {
  deployment: Deployment;
  /** Physical name; unique in all of AWS, so a fixed one is part of the configuration. */
  bucketName: string;
  /** Days that a version stays after a newer one replaced or deleted it. Default: for good. */
  noncurrentVersionDays?: number;
  /** Takes an existing bucket of this name over instead of creating it, for one `up`; the next one, without
   *  it, sets what differs. See docs/decisions. */
  adopt?: boolean;
  /** Whether Pulumi refuses to delete the bucket. Default true. */
  protect?: boolean;
  /** Delete what is in it along with the bucket. Default false. */
  forceDestroy?: boolean;
}

/** A bucket that is versioned, encrypted and closed: no public access, no ACLs, nothing without TLS. */
export class PrivateBucket extends pulumi.ComponentResource implements Described {
  readonly key: string;
  readonly bucketName: string;
  /** Known before anything is deployed. */
  readonly arn: string;
  /** The bucket's name as an output: what needs the bucket to be there takes this one. */
  readonly bucket: pulumi.Output<string>;
  readonly output: OutputPart;
  readonly alarms: DeployedAlarm[] = [];
  readonly widgets: Widget[] = [];

  constructor(name: string, args: PrivateBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    new ArgumentFaults(`PrivateBucket "${name}"`)
      .require(
        /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(args.bucketName),
        `bucketName is "${args.bucketName}"; S3 allows 3 to 63 lower-case letters, digits, "-" and "."`,
      )
      .require(
        args.noncurrentVersionDays === undefined || args.noncurrentVersionDays >= 1,
        `noncurrentVersionDays is ${args.noncurrentVersionDays}; S3 allows 1 and more`,
      )
      .throwIfAny();
    super("queuefleet:bucket:PrivateBucket", name, {}, opts);
    const child = { parent: this };
    this.key = name;
    this.bucketName = args.bucketName;
    this.arn = `arn:aws:s3:::${args.bucketName}`;
    this.output = { buckets: { [name]: { name: this.bucketName, arn: this.arn } } };

    const bucket = new aws.s3.Bucket(
      name,
      {
        bucket: args.bucketName,
        forceDestroy: args.forceDestroy ?? false,
        tags: standardTags(args.deployment),
      },
      {
        ...child,
        protect: args.protect ?? true,
        // An import whose inputs differ from what it finds fails.
        ...(args.adopt === true
          ? { import: args.bucketName, ignoreChanges: ["tags", "forceDestroy"] }
          : {}),
      },
    );
    new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      child,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket: bucket.bucket,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
            bucketKeyEnabled: true,
          },
        ],
      },
      child,
    );
    const closed = new aws.s3.BucketPublicAccessBlock(
      `${name}-closed`,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      child,
    );
    new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      child,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.bucket,
        rules: [
          {
            id: "unfinished-uploads",
            status: "Enabled",
            filter: { prefix: "" },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
          ...(args.noncurrentVersionDays === undefined
            ? []
            : [
                {
                  id: "old-versions",
                  status: "Enabled",
                  filter: { prefix: "" },
                  noncurrentVersionExpiration: { noncurrentDays: args.noncurrentVersionDays },
                },
              ]),
        ],
      },
      child,
    );
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket: bucket.bucket, policy: tlsOnly(this.arn) },
      // S3 refuses both changes at the same moment.
      { ...child, dependsOn: [closed] },
    );
    this.bucket = bucket.bucket;
    this.registerOutputs({ bucket: this.bucket });
  }
}

const tlsOnly = (bucketArn: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
