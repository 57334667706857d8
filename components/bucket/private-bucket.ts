import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lifecycleEntriesOf, statementsOf } from "../../contracts/adoption";
import { imported, keepsForeign, waits, type Adopted } from "../adoption";
import { ArgumentFaults } from "../argument-faults";
import type { DeployedAlarm } from "../alarms/create-alarm";
import type { Widget } from "../dashboard/widgets";
import { standardTags, type Deployment } from "../deployment";
import type { Described, OutputPart } from "../described";
import { policyWith } from "../own-statement";
import { tlsOnlyStatement } from "../tls-only";
import { lifecycle, type KeptInLifecycle } from "./lifecycle";

export interface PrivateBucketArgs {
  deployment: Deployment;
  /** Physical name. It must be unique in all of AWS, so it is part of the configuration. */
  bucketName: string;
  /** Days that an object version is kept after a newer one replaced or deleted it. Default: forever. */
  noncurrentVersionDays?: number;
  /** The bucket and those of its parts that exist already: "NAME", "NAME-policy" … Set it for one `up` only: it imports
   *  exactly these, changes nothing of them, and creates no other part of an adopted bucket. See docs/decisions/0003. */
  adopt?: Adopted;
  /** What an adopted bucket has besides the program's own. It is kept. */
  kept?: KeptInBucket;
  /** What may be removed from an adopted bucket: "NAME-policy/Sid", "NAME-lifecycle/rule id". */
  removed?: readonly string[];
  /** Whether Pulumi refuses to delete the bucket. Default true. */
  protect?: boolean;
  /** Whether deleting the bucket also deletes the objects in it. Default false. */
  forceDestroy?: boolean;
}

/** Entries of an adopted bucket, as its Pulumi resources have them. */
export interface KeptInBucket {
  policyStatements?: unknown[];
  lifecycle?: KeptInLifecycle[];
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
  /** For `dependsOn` of objects: an object that is uploaded before versioning exists has no version. */
  readonly ready: pulumi.Resource[];
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

    const { adopt = [], kept = {}, removed } = args;
    const bucket = new aws.s3.Bucket(
      name,
      {
        bucket: args.bucketName,
        forceDestroy: args.forceDestroy ?? false,
        tags: standardTags(args.deployment),
      },
      { ...child, protect: args.protect ?? true, ...imported(adopt, name, args.bucketName) },
    );
    /** A part, unless it waits until the bucket is adopted. The id of each is the bucket's name. */
    const part = <Part>(
      suffix: string,
      create: (partName: string, opts: pulumi.CustomResourceOptions) => Part,
    ): Part[] => {
      const partName = `${name}-${suffix}`;
      if (waits(adopt, name, partName)) return [];
      return [create(partName, { ...child, ...imported(adopt, partName, args.bucketName) })];
    };
    this.ready = part(
      "versioning",
      (partName, options) =>
        new aws.s3.BucketVersioning(
          partName,
          { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
          options,
        ),
    );
    part(
      "encryption",
      (partName, options) =>
        new aws.s3.BucketServerSideEncryptionConfiguration(
          partName,
          {
            bucket: bucket.bucket,
            rules: [
              {
                applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
                bucketKeyEnabled: true,
              },
            ],
          },
          options,
        ),
    );
    const closed = part(
      "closed",
      (partName, options) =>
        new aws.s3.BucketPublicAccessBlock(
          partName,
          {
            bucket: bucket.bucket,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
          },
          options,
        ),
    );
    part(
      "ownership",
      (partName, options) =>
        new aws.s3.BucketOwnershipControls(
          partName,
          { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
          options,
        ),
    );
    part(
      "lifecycle",
      (partName, options) =>
        new aws.s3.BucketLifecycleConfiguration(
          partName,
          { bucket: bucket.bucket, ...lifecycle(args.noncurrentVersionDays, kept.lifecycle) },
          {
            ...options,
            ...keepsForeign(partName, {
              entriesOf: lifecycleEntriesOf,
              kept: kept.lifecycle,
              removed,
            }),
          },
        ),
    );
    part("policy", (partName, options) => {
      const tlsOnly = tlsOnlyStatement("s3:*", [this.arn, `${this.arn}/*`]);
      const policy = policyWith([tlsOnly], kept.policyStatements);
      return new aws.s3.BucketPolicy(
        partName,
        { bucket: bucket.bucket, policy },
        // S3 refuses both changes at the same time.
        {
          ...options,
          dependsOn: closed,
          ...keepsForeign(partName, {
            entriesOf: (inputs) => statementsOf(inputs.policy),
            kept: kept.policyStatements,
            removed,
          }),
        },
      );
    });
    this.bucket = bucket.bucket;
    this.registerOutputs({ bucket: this.bucket });
  }
}
