import { jsonIn } from "../../contracts/json-in";
import {
  compareEntries,
  entriesInInputs,
  entriesInService,
  lowerFirst,
  tagRecord,
  type Tag,
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

/** What the provider sets if the program does not. It leaves other attributes as they are. Source: schema of aws_sqs_queue. */
const alwaysSet: Values = { delaySeconds: "0", kmsMasterKeyId: undefined };

/** What SQS does not say of a standard queue. */
const never: Values = { contentBasedDeduplication: "false" };

/** The values of a resource, as the service has them and as the program wants them, by the same names. */
const compared: Readonly<Record<string, (existing: Values, inputs: Values) => [Values, Values]>> = {
  "aws:sqs/queue:Queue": ({ attributes: actual, tags }, inputs) => {
    const names = Object.entries(attributes).filter(
      ([property]) => inputs[property] !== undefined || property in alwaysSet,
    );
    return [
      {
        ...pick(names, (property, attribute) => (actual as Values)[attribute] ?? never[property]),
        ...language((actual as Values).Policy),
        ...tagged(tags),
      },
      {
        ...pick(names, (property) => inputs[property] ?? alwaysSet[property]),
        ...language(inputs.policy),
        ...tagged(inputs.tags),
      },
    ];
  },
  "aws:s3/bucket:Bucket": ({ TagSet }, inputs) => [
    tagged(tagRecord(TagSet as Tag[])),
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
 *  ("adds DenyWithoutTls…", "keeps PartnerRead"). */
export function differences({ type, inputs, existing }: Found): string[] {
  if (existing === undefined) return [];
  const [actually, planned] = compared[type]?.(existing, inputs) ?? [{}, {}];
  const [is, wanted] = [flat(actually), flat(planned)];
  const changes = [...new Set([...Object.keys(is), ...Object.keys(wanted)])].flatMap((property) => {
    const [one, other] = [is[property] ?? "", wanted[property] ?? ""];
    // A resource without a policy gets one; its statements are named below.
    if (property === "policy version" && one === "") return [];
    return one === other ? [] : [`${property} ${shown(one)} → ${shown(other)}`];
  });
  const actual = entriesInService(type, existing);
  const { foreign, added } = compareEntries(type, actual, entriesInInputs(type, inputs));
  return [
    ...changes,
    ...added.map(({ id }) => `adds ${id}`),
    ...foreign.map(
      ({ id, instead }) => `keeps ${id}${instead ? " instead of the program's own" : ""}`,
    ),
  ];
}

const pick = (
  names: readonly (readonly [string, string])[],
  value: (property: string, name: string) => unknown,
): Values => Object.fromEntries(names.map(([property, name]) => [property, value(property, name)]));

const tagged = (tags: unknown): Values =>
  Object.fromEntries(
    Object.entries((tags ?? {}) as Values).map(([key, value]) => [`tag ${key}`, value]),
  );

/** The values as texts. A document, such as a redrive policy, by its own properties. */
function flat(values: Values): Record<string, string> {
  const all = Object.entries(values).flatMap(([name, value]): [string, string][] => {
    const document = typeof value === "string" ? jsonIn(value) : value;
    if (typeof document === "object" && document !== null && !Array.isArray(document)) {
      const inner = Object.entries(flat(document as Values));
      return inner.map(([key, text]) => [`${name}.${key}`, text]);
    }
    if (value === undefined) return [];
    return [[name, typeof value === "string" ? value : JSON.stringify(value)]];
  });
  return Object.fromEntries(all);
}

const shown = (text: string): string =>
  text === "" ? "(none)" : text.length > 100 ? `${text.slice(0, 100)}…` : text;
