import { each, type ByHand, type Drift } from "./drift";
import { newBucket, newKey, policyDocument } from "../surroundings";

export const deleteBucket: ByHand = ({ s3 }, Bucket) => s3.deleteBucket({ Bucket });

const policy = (bucket: string, action: string) =>
  policyDocument({
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: `arn:aws:s3:::${bucket}/*`,
  });

const closed = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
};

const encryption = (algorithm: string, key: string | undefined, bucketKey: boolean) => [
  {
    applyServerSideEncryptionByDefault: { sseAlgorithm: algorithm, kmsMasterKeyId: key ?? null },
    bucketKeyEnabled: bucketKey,
  },
];

export const s3Drifts: Drift[] = [
  {
    type: "aws:s3/bucket:Bucket",
    prepare: (under) => Promise.resolve({ bucket: `drifting-${under.account.accountId}` }),
    inputs: ({ bucket = "" }) => ({ bucket, tags: { Project: "files" } }),
    fixed: ["objectLockEnabled"],
    byHand: { tags: ({ s3 }, Bucket) => s3.deleteBucketTagging({ Bucket }) },
    removals: { it: deleteBucket },
  },
  {
    type: "aws:s3/bucketVersioning:BucketVersioning",
    prepare: (under) => newBucket(under, "versioned"),
    inputs: ({ bucket = "" }) => ({ bucket, versioningConfiguration: { status: "Enabled" } }),
    fixed: ["bucket"],
    byHand: {
      "versioningConfiguration.status": ({ s3 }, Bucket) =>
        s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
    },
    removals: { "its bucket": deleteBucket },
  },
  {
    type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    prepare: (under) => newBucket(under, "closed"),
    inputs: ({ bucket = "" }) => ({
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    }),
    fixed: ["bucket"],
    byHand: each(
      {
        blockPublicAcls: { BlockPublicAcls: false },
        blockPublicPolicy: { BlockPublicPolicy: false },
        ignorePublicAcls: { IgnorePublicAcls: false },
        restrictPublicBuckets: { RestrictPublicBuckets: false },
      },
      ({ s3 }, Bucket, opened) =>
        s3.putPublicAccessBlock({
          Bucket,
          PublicAccessBlockConfiguration: { ...closed, ...opened },
        }),
    ),
    removals: {
      it: ({ s3 }, Bucket) => s3.deletePublicAccessBlock({ Bucket }),
      "its bucket": deleteBucket,
    },
  },
  {
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    prepare: async (under) => ({
      ...(await newBucket(under, "encrypted")),
      key: await newKey(under),
      other: await newKey(under),
    }),
    inputs: ({ bucket = "", key }) => ({ bucket, rules: encryption("aws:kms", key, true) }),
    fixed: ["bucket"],
    byHand: each(
      {
        "rules.applyServerSideEncryptionByDefault.sseAlgorithm": ["aws:kms:dsse", "key", true],
        "rules.applyServerSideEncryptionByDefault.kmsMasterKeyId": ["aws:kms", "other", true],
        "rules.bucketKeyEnabled": ["aws:kms", "key", false],
      } as const,
      ({ s3 }, Bucket, [SSEAlgorithm, key, BucketKeyEnabled], prepared) =>
        s3.putBucketEncryption({
          Bucket,
          ServerSideEncryptionConfiguration: {
            Rules: [
              {
                ApplyServerSideEncryptionByDefault: {
                  SSEAlgorithm,
                  KMSMasterKeyID: prepared[key],
                },
                BucketKeyEnabled,
              },
            ],
          },
        }),
    ),
    // No bucket is without encryption; the bucket itself can be gone.
    removals: { "its bucket": deleteBucket },
  },
  {
    type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    prepare: (under) => newBucket(under, "owned"),
    inputs: ({ bucket = "" }) => ({ bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }),
    fixed: ["bucket"],
    byHand: {
      "rule.objectOwnership": ({ s3 }, Bucket) =>
        s3.putBucketOwnershipControls({
          Bucket,
          OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] },
        }),
    },
    removals: {
      it: ({ s3 }, Bucket) => s3.deleteBucketOwnershipControls({ Bucket }),
      "its bucket": deleteBucket,
    },
  },
  {
    type: "aws:s3/bucketPolicy:BucketPolicy",
    prepare: (under) => newBucket(under, "guarded"),
    inputs: ({ bucket = "" }) => ({ bucket, policy: policy(bucket, "s3:*") }),
    fixed: ["bucket"],
    byHand: {
      policy: ({ s3 }, Bucket) =>
        s3.putBucketPolicy({ Bucket, Policy: policy(Bucket, "s3:PutObject") }),
    },
    removals: {
      it: ({ s3 }, Bucket) => s3.deleteBucketPolicy({ Bucket }),
      "its bucket": deleteBucket,
    },
  },
];
