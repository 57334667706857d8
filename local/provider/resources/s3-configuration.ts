import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { boolean, json, object, regional, required, set, string } from "../shape";
import { bucketGone } from "./s3-bucket";

/** One side of a bucket's configuration each; the id of all of them is the bucket's name. */

const ofBucket = {
  ...regional,
  bucket: required(string({ replaces: true })),
};
const ofOwnedBucket = { ...ofBucket, expectedBucketOwner: string({ replaces: true }) };

export const bucketVersioning = resourceType({
  type: "aws:s3/bucketVersioning:BucketVersioning",
  shape: {
    ...ofOwnedBucket,
    mfa: string(),
    versioningConfiguration: required(
      object({
        status: required(string({ oneOf: ["Enabled", "Suspended", "Disabled"] })),
        mfaDelete: string({ computed: true, oneOf: ["Enabled", "Disabled"] }),
      }),
    ),
  },
  async create({ bucket: Bucket, versioningConfiguration: { status } }, { clients }) {
    // "Disabled" is the state of a bucket that never had versions. S3 does not accept it as a setting.
    if (status !== "Disabled") {
      const Status = status as "Enabled";
      await clients.s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } });
    }
    return Bucket;
  },
  async read(Bucket, { clients }) {
    const found = await ifThere(bucketGone, clients.s3.getBucketVersioning({ Bucket }));
    if (found === undefined) return undefined;
    return {
      bucket: Bucket,
      versioningConfiguration: { status: found.Status ?? "Disabled", mfaDelete: found.MFADelete },
    };
  },
  async update(Bucket, { versioningConfiguration: { status } }, _change, { clients }) {
    const Status = status as "Enabled";
    await clients.s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } });
  },
  async delete(Bucket, { versioningConfiguration }, { clients }) {
    if (versioningConfiguration?.status === "Disabled") return;
    await ignoreGone(
      bucketGone,
      clients.s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
    );
  },
});

export const bucketPublicAccessBlock = resourceType({
  type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  shape: {
    ...ofBucket,
    blockPublicAcls: boolean({ default: false }),
    blockPublicPolicy: boolean({ default: false }),
    ignorePublicAcls: boolean({ default: false }),
    restrictPublicBuckets: boolean({ default: false }),
    skipDestroy: boolean(),
  },
  async put(inputs, { clients }) {
    await clients.s3.putPublicAccessBlock({
      Bucket: inputs.bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: inputs.blockPublicAcls,
        BlockPublicPolicy: inputs.blockPublicPolicy,
        IgnorePublicAcls: inputs.ignorePublicAcls,
        RestrictPublicBuckets: inputs.restrictPublicBuckets,
      },
    });
    return inputs.bucket;
  },
  async read(Bucket, { clients }) {
    const found = await ifThere(
      [...bucketGone, "NoSuchPublicAccessBlockConfiguration"],
      clients.s3.getPublicAccessBlock({ Bucket }),
    );
    const block = found?.PublicAccessBlockConfiguration;
    if (block === undefined) return undefined;
    return {
      bucket: Bucket,
      blockPublicAcls: block.BlockPublicAcls ?? false,
      blockPublicPolicy: block.BlockPublicPolicy ?? false,
      ignorePublicAcls: block.IgnorePublicAcls ?? false,
      restrictPublicBuckets: block.RestrictPublicBuckets ?? false,
    };
  },
  async delete(Bucket, { skipDestroy }, { clients }) {
    if (skipDestroy === true) return;
    await ignoreGone(bucketGone, clients.s3.deletePublicAccessBlock({ Bucket }));
  },
});

const encryptionRules = set(
  object({
    applyServerSideEncryptionByDefault: object({
      sseAlgorithm: required(string({ oneOf: ["AES256", "aws:kms", "aws:kms:dsse"] })),
      kmsMasterKeyId: string(),
    }),
    bucketKeyEnabled: boolean(),
  }),
);

export const bucketServerSideEncryptionConfiguration = resourceType({
  type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  shape: { ...ofOwnedBucket, rules: required(encryptionRules) },
  async put(inputs, { clients }) {
    await clients.s3.putBucketEncryption({
      Bucket: inputs.bucket,
      ServerSideEncryptionConfiguration: {
        Rules: inputs.rules.map(
          ({ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled }) => ({
            ApplyServerSideEncryptionByDefault:
              byDefault === undefined
                ? undefined
                : {
                    SSEAlgorithm: byDefault.sseAlgorithm as "AES256",
                    KMSMasterKeyID: byDefault.kmsMasterKeyId,
                  },
            BucketKeyEnabled: bucketKeyEnabled,
          }),
        ),
      },
    });
    return inputs.bucket;
  },
  async read(Bucket, { clients }) {
    const found = await ifThere(
      [...bucketGone, "ServerSideEncryptionConfigurationNotFoundError"],
      clients.s3.getBucketEncryption({ Bucket }),
    );
    const rules = found?.ServerSideEncryptionConfiguration?.Rules;
    if (rules === undefined) return undefined;
    return {
      bucket: Bucket,
      rules: rules.map((rule) => ({
        applyServerSideEncryptionByDefault: {
          sseAlgorithm: rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? "",
          kmsMasterKeyId: rule.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID,
        },
        bucketKeyEnabled: rule.BucketKeyEnabled,
      })),
    };
  },
  async delete(Bucket, _state, { clients }) {
    await ignoreGone(bucketGone, clients.s3.deleteBucketEncryption({ Bucket }));
  },
});

export const bucketOwnershipControls = resourceType({
  type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  shape: {
    ...ofBucket,
    rule: required(
      object({
        objectOwnership: required(
          string({ oneOf: ["BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"] }),
        ),
      }),
    ),
  },
  async put({ bucket: Bucket, rule }, { clients }) {
    const ObjectOwnership = rule.objectOwnership as "ObjectWriter";
    await clients.s3.putBucketOwnershipControls({
      Bucket,
      OwnershipControls: { Rules: [{ ObjectOwnership }] },
    });
    return Bucket;
  },
  async read(Bucket, { clients }) {
    const found = await ifThere(
      [...bucketGone, "OwnershipControlsNotFoundError"],
      clients.s3.getBucketOwnershipControls({ Bucket }),
    );
    const objectOwnership = found?.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
    return objectOwnership === undefined
      ? undefined
      : { bucket: Bucket, rule: { objectOwnership } };
  },
  async delete(Bucket, _state, { clients }) {
    await ignoreGone(
      [...bucketGone, "OwnershipControlsNotFoundError"],
      clients.s3.deleteBucketOwnershipControls({ Bucket }),
    );
  },
});

export const bucketPolicy = resourceType({
  type: "aws:s3/bucketPolicy:BucketPolicy",
  shape: { ...ofBucket, policy: required(json()) },
  async put({ bucket: Bucket, policy: Policy }, { clients }) {
    await clients.s3.putBucketPolicy({ Bucket, Policy });
    return Bucket;
  },
  async read(Bucket, { clients }) {
    const found = await ifThere(
      [...bucketGone, "NoSuchBucketPolicy"],
      clients.s3.getBucketPolicy({ Bucket }),
    );
    return found?.Policy === undefined ? undefined : { bucket: Bucket, policy: found.Policy };
  },
  async delete(Bucket, _state, { clients }) {
    await ignoreGone(bucketGone, clients.s3.deleteBucketPolicy({ Bucket }));
  },
});
