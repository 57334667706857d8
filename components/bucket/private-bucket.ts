import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentFaults } from "../argument-faults";
import type { DeployedAlarm } from "../alarms/create-alarm";
import type { Widget } from "../dashboard/widgets";
import { standardTags, type Deployment } from "../deployment";
import type { Described, OutputPart } from "../described";

export interface PrivateBucketArgs {
  deployment: Deployment;
  /** Physical name. It must be unique in all of AWS, so it is part of the configuration. */
  bucketName: string;
  /** Days that an object version is kept after a newer one replaced or deleted it. Default: forever. */
  noncurrentVersionDays?: number;
  /** Imports an existing bucket of this name instead of creating one. Set it for one `up` only. The next `up`,
   *  without it, applies the settings that differ. See docs/decisions/0003. */
  adopt?: boolean;
  /** Whether Pulumi refuses to delete the bucket. Default true. */
  protect?: boolean;
  /** Whether deleting the bucket also deletes the objects in it. Default false. */
  forceDestroy?: boolean;
}

/** Source: S3 guide, "General purpose bucket naming rules". */
const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
  !/\.\.|^\d+(\.\d+){3}$/.test(name) &&
  !/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);

/** A versioned, encrypted bucket without public access and without ACLs, accessible only over TLS. */
export class PrivateBucket extends pulumi.ComponentResource implements Described {
  readonly key: string;
  readonly bucketName: string;
  /** Known before anything is deployed. */
  readonly arn: string;
  /** The bucket's name as an output. Resources that need the bucket to exist use this one. */
  readonly bucket: pulumi.Output<string>;
  /** For `dependsOn` of objects: an object that is uploaded before it exists has no version. */
  readonly versioning: aws.s3.BucketVersioning;
  readonly output: OutputPart;
  readonly alarms: DeployedAlarm[] = [];
  readonly widgets: Widget[] = [];

  constructor(name: string, args: PrivateBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    new ArgumentFaults(`PrivateBucket "${name}"`)
      .require(
        isBucketName(args.bucketName),
        `bucketName is "${args.bucketName}"; S3 allows 3 to 63 lower-case letters, digits, "-" and ".", no "..", no IP address, and reserves "xn--…", "sthree-…", "amzn-s3-demo-…", "…-s3alias", "…--ol-s3", "….mrap", "…--x-s3" and "…--table-s3"`,
      )
      .require(
        args.noncurrentVersionDays === undefined ||
          (Number.isInteger(args.noncurrentVersionDays) && args.noncurrentVersionDays >= 1),
        `noncurrentVersionDays is ${args.noncurrentVersionDays}; S3 allows whole days from 1`,
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
        // An import fails if the inputs differ from the existing bucket.
        ...(args.adopt === true
          ? { import: args.bucketName, ignoreChanges: ["tags", "forceDestroy"] }
          : {}),
      },
    );
    this.versioning = new aws.s3.BucketVersioning(
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
      // S3 refuses both changes at the same time.
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
