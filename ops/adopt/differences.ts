import {
  compareEntries,
  entriesInInputs,
  entriesInService,
  lowerFirst,
  type Foreign,
} from "./entries";
import type { Found } from "./inspect";

type Values = Record<string, unknown>;

/** Attributes of a queue by the property of its Pulumi resource. */
const attributes: Readonly<Record<string, string>> = {
  visibilityTimeoutSeconds: "VisibilityTimeout",
  messageRetentionSeconds: "MessageRetentionPeriod",
  receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
  maxMessageSize: "MaximumMessageSize",
  delaySeconds: "DelaySeconds",
  redrivePolicy: "RedrivePolicy",
  redriveAllowPolicy: "RedriveAllowPolicy",
  sqsManagedSseEnabled: "SqsManagedSseEnabled",
  kmsMasterKeyId: "KmsMasterKeyId",
  kmsDataKeyReusePeriodSeconds: "KmsDataKeyReusePeriodSeconds",
  contentBasedDeduplication: "ContentBasedDeduplication",
  deduplicationScope: "DeduplicationScope",
  fifoThroughputLimit: "FifoThroughputLimit",
};

/** Values that SQS has if the program sets none. */
const queueDefaults: Values = { delaySeconds: "0", kmsDataKeyReusePeriodSeconds: "300" };

/** The values of a resource, as the service has them and as the program wants them, by the same names. */
const compared: Readonly<Record<string, (existing: Values, inputs: Values) => [Values, Values]>> = {
  "aws:sqs/queue:Queue": ({ attributes: actual, tags }, inputs) => {
    const names = Object.entries(attributes);
    return [
      {
        ...pick(names, (_, attribute) => (actual as Values)[attribute]),
        ...language((actual as Values).Policy),
        ...tagged(tags),
      },
      {
        ...pick(names, (property) => inputs[property] ?? queueDefaults[property]),
        ...language(inputs.policy),
        ...tagged(inputs.tags),
      },
    ];
  },
  "aws:s3/bucket:Bucket": ({ TagSet }, inputs) => [
    tagged(
      Object.fromEntries(
        (TagSet as { Key: string; Value: string }[]).map((tag) => [tag.Key, tag.Value]),
      ),
    ),
    tagged(inputs.tags),
  ],
  "aws:s3/bucketVersioning:BucketVersioning": ({ Status }, inputs) => [
    { status: Status },
    inputs.versioningConfiguration as Values,
  ],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
    existing,
    inputs,
  ) => {
    const [is] = (existing.ServerSideEncryptionConfiguration as { Rules: Values[] }).Rules;
    const [wanted] = inputs.rules as Values[];
    const applied = is?.ApplyServerSideEncryptionByDefault as Values | undefined;
    return [
      {
        sseAlgorithm: applied?.SSEAlgorithm,
        kmsMasterKeyId: applied?.KMSMasterKeyID,
        bucketKeyEnabled: is?.BucketKeyEnabled,
      },
      {
        ...(wanted?.applyServerSideEncryptionByDefault as Values),
        bucketKeyEnabled: wanted?.bucketKeyEnabled,
      },
    ];
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (existing, inputs) => {
    const is = existing.PublicAccessBlockConfiguration as Values;
    const names = [
      "BlockPublicAcls",
      "BlockPublicPolicy",
      "IgnorePublicAcls",
      "RestrictPublicBuckets",
    ];
    const properties = names.map((name) => [lowerFirst(name), name] as const);
    return [pick(properties, (_, name) => is[name]), pick(properties, (name) => inputs[name])];
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (existing, inputs) => [
    {
      objectOwnership: (existing.OwnershipControls as { Rules: Values[] }).Rules[0]
        ?.ObjectOwnership,
    },
    inputs.rule as Values,
  ],
  "aws:s3/bucketPolicy:BucketPolicy": ({ Policy }, inputs) => [
    language(Policy),
    language(inputs.policy),
  ],
};

/** What a policy has besides its statements. Before 2012 `${…}` was no variable, so the version changes their meaning. */
function language(policy: unknown): Values {
  if (typeof policy !== "string" || policy === "") return {};
  const { Version, Id } = JSON.parse(policy) as Values;
  return { "policy version": Version ?? "2008-10-17", "policy id": Id };
}

/** What the second update will change, property by property ("delaySeconds 5 → 0"), and what of a list it adds and keeps
 *  ("adds DenyWithoutTls", "keeps PartnerRead"). */
export function differences({ type, inputs, existing }: Found): string[] {
  if (existing === undefined) return [];
  const [is, wanted] = compared[type]?.(existing, inputs) ?? [{}, {}];
  const changes = [...new Set([...Object.keys(is), ...Object.keys(wanted)])].flatMap((property) => {
    const [one, other] = [textOf(is[property]), textOf(wanted[property])];
    // A resource without a policy gets one; its statements are named below.
    if (property === "policy version" && one === "") return [];
    return same(one, other) ? [] : [`${property} ${shown(one)} → ${shown(other)}`];
  });
  const actual = entriesInService(type, existing);
  const { foreign, added } = compareEntries(type, actual, entriesInInputs(type, inputs));
  return [
    ...changes,
    ...added.map(({ id }) => `adds ${id}`),
    ...foreign.map((entry) => `keeps ${entry.id}${manner[entry.kept]}`),
  ];
}

const manner: Readonly<Record<Foreign["kept"], string>> = {
  "as it is": "",
  beside: " (without its name, beside the program's own)",
  instead: " instead of the program's own",
};

const pick = (
  names: readonly (readonly [string, string])[],
  value: (property: string, name: string) => unknown,
): Values => Object.fromEntries(names.map(([property, name]) => [property, value(property, name)]));

const tagged = (tags: unknown): Values =>
  Object.fromEntries(
    Object.entries((tags ?? {}) as Values).map(([key, value]) => [`tag ${key}`, value]),
  );

const textOf = (value: unknown): string =>
  value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

const shown = (text: string): string =>
  text === "" ? "(none)" : text.length > 60 ? `${text.slice(0, 60)}…` : text;

/** Documents are compared by their content. */
function same(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
  } catch {
    return false;
  }
}
