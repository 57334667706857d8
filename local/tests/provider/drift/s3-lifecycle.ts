import type { LifecycleRule } from "@aws-sdk/client-s3";
import { each, type Drift } from "./drift";
import { deleteBucket } from "./s3";
import { newBucket } from "../surroundings";

/** The first rule as it is, but for what is said. */
const lifecycle = (table: Record<string, (rule: LifecycleRule) => object>) =>
  each(table, async ({ s3 }, Bucket, change) => {
    const { Rules = [] } = await s3.getBucketLifecycleConfiguration({ Bucket });
    const [rule, ...rest] = Rules;
    if (rule === undefined) throw new Error("no rule");
    await s3.putBucketLifecycleConfiguration({
      Bucket,
      LifecycleConfiguration: { Rules: [{ ...rule, ...change(rule) }, ...rest] },
    });
  });

const removeLifecycle: Drift["removals"] = {
  it: ({ s3 }, Bucket) => s3.deleteBucketLifecycle({ Bucket }),
};

export const s3LifecycleDrifts: Drift[] = [
  {
    type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    prepare: (under) => newBucket(under, "aging"),
    inputs: ({ bucket = "" }) => ({
      bucket,
      rules: [
        {
          id: "all",
          status: "Enabled",
          filter: { prefix: "a/" },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          expiration: { days: 365 },
          noncurrentVersionExpiration: { noncurrentDays: 90, newerNoncurrentVersions: 3 },
          transitions: [{ days: 30, storageClass: "GLACIER" }],
          noncurrentVersionTransitions: [
            { noncurrentDays: 30, newerNoncurrentVersions: 2, storageClass: "GLACIER" },
          ],
        },
      ],
    }),
    fixed: ["bucket"],
    byHand: lifecycle({
      "rules.id": () => ({ ID: "by-hand" }),
      "rules.status": () => ({ Status: "Disabled" }),
      "rules.filter.prefix": () => ({ Filter: { Prefix: "b/" } }),
      "rules.abortIncompleteMultipartUpload.daysAfterInitiation": () => ({
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      }),
      "rules.expiration.days": () => ({ Expiration: { Days: 31 } }),
      "rules.noncurrentVersionExpiration.noncurrentDays": ({ NoncurrentVersionExpiration }) => ({
        NoncurrentVersionExpiration: { ...NoncurrentVersionExpiration, NoncurrentDays: 31 },
      }),
      "rules.noncurrentVersionExpiration.newerNoncurrentVersions": ({
        NoncurrentVersionExpiration,
      }) => ({
        NoncurrentVersionExpiration: {
          ...NoncurrentVersionExpiration,
          NewerNoncurrentVersions: 1,
        },
      }),
      "rules.transitions.days": () => ({
        Transitions: [{ Days: 60, StorageClass: "GLACIER" }],
      }),
      "rules.transitions.storageClass": () => ({
        Transitions: [{ Days: 30, StorageClass: "DEEP_ARCHIVE" }],
      }),
      "rules.noncurrentVersionTransitions.noncurrentDays": () => ({
        NoncurrentVersionTransitions: [
          { NoncurrentDays: 60, NewerNoncurrentVersions: 2, StorageClass: "GLACIER" },
        ],
      }),
      "rules.noncurrentVersionTransitions.newerNoncurrentVersions": () => ({
        NoncurrentVersionTransitions: [
          { NoncurrentDays: 30, NewerNoncurrentVersions: 9, StorageClass: "GLACIER" },
        ],
      }),
      "rules.noncurrentVersionTransitions.storageClass": () => ({
        NoncurrentVersionTransitions: [
          { NoncurrentDays: 30, NewerNoncurrentVersions: 2, StorageClass: "DEEP_ARCHIVE" },
        ],
      }),
    }),
    removals: { ...removeLifecycle, "its bucket": deleteBucket },
  },
  {
    type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    variant: "by tag, on a date",
    prepare: (under) => newBucket(under, "dated"),
    inputs: ({ bucket = "" }) => ({
      bucket,
      rules: [
        {
          id: "tagged",
          status: "Enabled",
          filter: { tag: { key: "Keep", value: "no" } },
          expiration: { date: "2030-01-01T00:00:00Z" },
          transitions: [{ date: "2029-01-01T00:00:00Z", storageClass: "GLACIER" }],
        },
      ],
    }),
    byHand: lifecycle({
      "rules.filter.tag.key": () => ({ Filter: { Tag: { Key: "ByHand", Value: "no" } } }),
      "rules.filter.tag.value": () => ({ Filter: { Tag: { Key: "Keep", Value: "yes" } } }),
      "rules.expiration.date": () => ({
        Expiration: { Date: new Date("2031-01-01T00:00:00Z") },
      }),
      "rules.transitions.date": () => ({
        Transitions: [{ Date: new Date("2028-01-01T00:00:00Z"), StorageClass: "GLACIER" }],
      }),
    }),
    removals: removeLifecycle,
  },
  {
    type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    variant: "by all of size, tags and prefix",
    prepare: (under) => newBucket(under, "sized"),
    inputs: ({ bucket = "" }) => ({
      bucket,
      rules: [
        {
          id: "and",
          status: "Enabled",
          filter: {
            and: {
              prefix: "a/",
              tags: { Keep: "no" },
              objectSizeGreaterThan: 500,
              objectSizeLessThan: 64_000,
            },
          },
          expiration: { days: 1 },
        },
      ],
    }),
    byHand: lifecycle({
      "rules.filter.and.prefix": ({ Filter }) => ({
        Filter: { And: { ...Filter?.And, Prefix: "b/" } },
      }),
      "rules.filter.and.tags": ({ Filter }) => ({
        Filter: { And: { ...Filter?.And, Tags: [{ Key: "Keep", Value: "yes" }] } },
      }),
      "rules.filter.and.objectSizeGreaterThan": ({ Filter }) => ({
        Filter: { And: { ...Filter?.And, ObjectSizeGreaterThan: 1 } },
      }),
      "rules.filter.and.objectSizeLessThan": ({ Filter }) => ({
        Filter: { And: { ...Filter?.And, ObjectSizeLessThan: 65_000 } },
      }),
    }),
    removals: removeLifecycle,
  },
  {
    type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    variant: "by size alone",
    prepare: (under) => newBucket(under, "large"),
    inputs: ({ bucket = "" }) => ({
      bucket,
      rules: [
        {
          id: "large",
          status: "Enabled",
          filter: { objectSizeGreaterThan: 500 },
          expiration: { days: 1 },
        },
        {
          id: "small",
          status: "Enabled",
          filter: { objectSizeLessThan: 500 },
          expiration: { expiredObjectDeleteMarker: true },
        },
      ],
    }),
    byHand: {
      ...lifecycle({
        "rules.filter.objectSizeGreaterThan": () => ({ Filter: { ObjectSizeGreaterThan: 1 } }),
      }),
      ...each(
        {
          "rules.filter.objectSizeLessThan": { Filter: { ObjectSizeLessThan: 999 } },
          "rules.expiration.expiredObjectDeleteMarker": { Expiration: undefined },
        },
        async ({ s3 }, Bucket, changed) => {
          const { Rules: [large, small] = [] } = await s3.getBucketLifecycleConfiguration({
            Bucket,
          });
          if (large === undefined || small === undefined) throw new Error("no rules");
          await s3.putBucketLifecycleConfiguration({
            Bucket,
            LifecycleConfiguration: {
              Rules: [
                large,
                {
                  ...small,
                  AbortIncompleteMultipartUpload: small.AbortIncompleteMultipartUpload,
                  ...changed,
                },
              ],
            },
          });
        },
      ),
    },
    removals: removeLifecycle,
  },
];
