import type { LifecycleRule, TransitionDefaultMinimumObjectSize } from "@aws-sdk/client-s3";
import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import {
  boolean,
  type Infer,
  list,
  map,
  number,
  object,
  regional,
  required,
  set,
  string,
} from "../shape";
import { fromTagList, toTagList } from "../tags";
import { bucketGone } from "./s3-bucket";

const tag = object({ key: required(string()), value: required(string()) });

const filter = {
  prefix: string(),
  tag,
  objectSizeGreaterThan: number(),
  objectSizeLessThan: number(),
  and: object({
    prefix: string(),
    tags: map(string()),
    objectSizeGreaterThan: number(),
    objectSizeLessThan: number(),
  }),
};

const rule = {
  id: required(string()),
  status: required(string({ oneOf: ["Enabled", "Disabled"] })),
  filter: object(filter),
  abortIncompleteMultipartUpload: object({ daysAfterInitiation: number() }),
  expiration: object({
    date: string(),
    days: number(),
    expiredObjectDeleteMarker: boolean({ computed: true }),
  }),
  noncurrentVersionExpiration: object({
    noncurrentDays: required(number()),
    newerNoncurrentVersions: number(),
  }),
  transitions: set(object({ date: string(), days: number(), storageClass: required(string()) })),
  noncurrentVersionTransitions: set(
    object({
      noncurrentDays: required(number()),
      newerNoncurrentVersions: number(),
      storageClass: required(string()),
    }),
  ),
};
type Rule = Infer<typeof rule>;

export const bucketLifecycleConfiguration = resourceType({
  type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  shape: {
    ...regional,
    bucket: required(string({ replaces: true })),
    expectedBucketOwner: string({ replaces: true }),
    rules: list(object(rule), { key: "id" }),
    transitionDefaultMinimumObjectSize: string({ computed: true }),
  },
  async put(inputs, { clients }) {
    await clients.s3.putBucketLifecycleConfiguration(request(inputs));
    return inputs.bucket;
  },
  async read(Bucket, { clients }) {
    const found = await ifThere(
      [...bucketGone, "NoSuchLifecycleConfiguration"],
      clients.s3.getBucketLifecycleConfiguration({ Bucket }),
    );
    if (found?.Rules === undefined) return undefined;
    return {
      bucket: Bucket,
      rules: found.Rules.map(fromRule),
      transitionDefaultMinimumObjectSize:
        found.TransitionDefaultMinimumObjectSize ?? "all_storage_classes_128K",
    };
  },
  async delete(Bucket, _state, { clients }) {
    await ignoreGone(bucketGone, clients.s3.deleteBucketLifecycle({ Bucket }));
  },
});

function request(inputs: Parameters<typeof bucketLifecycleConfiguration.create>[0]) {
  return {
    Bucket: inputs.bucket,
    LifecycleConfiguration: { Rules: (inputs.rules ?? []).map(toRule) },
    TransitionDefaultMinimumObjectSize:
      inputs.transitionDefaultMinimumObjectSize as TransitionDefaultMinimumObjectSize,
  };
}

const toDate = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
/** Midnight UTC in seconds, as a program writes it. */
const fromDate = (date: Date | undefined) => date?.toISOString().replace(".000Z", "Z");

function toRule(given: Rule): LifecycleRule {
  const { filter: where, expiration, abortIncompleteMultipartUpload: abort } = given;
  const noncurrent = given.noncurrentVersionExpiration;
  return {
    ID: given.id,
    Status: given.status as "Enabled",
    Filter: {
      Prefix: where?.prefix ?? (where === undefined ? "" : undefined),
      Tag: where?.tag === undefined ? undefined : { Key: where.tag.key, Value: where.tag.value },
      ObjectSizeGreaterThan: where?.objectSizeGreaterThan,
      ObjectSizeLessThan: where?.objectSizeLessThan,
      And:
        where?.and === undefined
          ? undefined
          : {
              Prefix: where.and.prefix,
              Tags: toTagList(where.and.tags),
              ObjectSizeGreaterThan: where.and.objectSizeGreaterThan,
              ObjectSizeLessThan: where.and.objectSizeLessThan,
            },
    },
    AbortIncompleteMultipartUpload:
      abort === undefined ? undefined : { DaysAfterInitiation: abort.daysAfterInitiation },
    Expiration:
      expiration === undefined
        ? undefined
        : {
            Date: toDate(expiration.date),
            Days: expiration.days,
            ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker,
          },
    NoncurrentVersionExpiration:
      noncurrent === undefined
        ? undefined
        : {
            NoncurrentDays: noncurrent.noncurrentDays,
            NewerNoncurrentVersions: noncurrent.newerNoncurrentVersions,
          },
    Transitions: given.transitions?.map(({ date, days, storageClass }) => ({
      Date: toDate(date),
      Days: days,
      StorageClass: storageClass as "GLACIER",
    })),
    NoncurrentVersionTransitions: given.noncurrentVersionTransitions?.map((one) => ({
      NoncurrentDays: one.noncurrentDays,
      NewerNoncurrentVersions: one.newerNoncurrentVersions,
      StorageClass: one.storageClass as "GLACIER",
    })),
  };
}

function fromRule(found: LifecycleRule): Rule {
  const { Filter, Expiration, NoncurrentVersionExpiration: noncurrent } = found;
  const and = Filter?.And;
  const abort = found.AbortIncompleteMultipartUpload;
  return {
    id: found.ID ?? "",
    status: found.Status ?? "",
    filter: {
      prefix: Filter?.Prefix,
      tag:
        Filter?.Tag === undefined
          ? undefined
          : { key: Filter.Tag.Key ?? "", value: Filter.Tag.Value ?? "" },
      objectSizeGreaterThan: Filter?.ObjectSizeGreaterThan,
      objectSizeLessThan: Filter?.ObjectSizeLessThan,
      and:
        and === undefined
          ? undefined
          : {
              prefix: and.Prefix,
              tags: fromTagList(and.Tags),
              objectSizeGreaterThan: and.ObjectSizeGreaterThan,
              objectSizeLessThan: and.ObjectSizeLessThan,
            },
    },
    abortIncompleteMultipartUpload:
      abort === undefined ? undefined : { daysAfterInitiation: abort.DaysAfterInitiation },
    expiration:
      Expiration === undefined
        ? undefined
        : {
            date: fromDate(Expiration.Date),
            days: Expiration.Days,
            expiredObjectDeleteMarker: Expiration.ExpiredObjectDeleteMarker,
          },
    noncurrentVersionExpiration:
      noncurrent === undefined
        ? undefined
        : {
            noncurrentDays: noncurrent.NoncurrentDays ?? 0,
            newerNoncurrentVersions: noncurrent.NewerNoncurrentVersions,
          },
    transitions: found.Transitions?.map((one) => ({
      date: fromDate(one.Date),
      days: one.Days,
      storageClass: one.StorageClass ?? "",
    })),
    noncurrentVersionTransitions: found.NoncurrentVersionTransitions?.map((one) => ({
      noncurrentDays: one.NoncurrentDays ?? 0,
      newerNoncurrentVersions: one.NewerNoncurrentVersions,
      storageClass: one.StorageClass ?? "",
    })),
  };
}
