import { createHash } from "node:crypto";

/** What `ops adopt` and the components agree on: some resources hold a list as a whole, so whoever sets one of its entries
 *  could overwrite what others put there. */

type Values = Record<string, unknown>;

/** A statement, lifecycle rule or notification, or a setting that goes with them. */
export interface Entry {
  /** As the configuration key `removed` names it, after the name of the resource. */
  id: string;
  /** As the program takes it back in the configuration key `kept`. */
  value: Values;
  /** Whether "", 0 and false mean something else than a missing value. They do in a policy, which is a text. Of other inputs
   *  a provider often cannot tell. */
  exact?: boolean;
}

/** Whether a resource can be adopted: queues and buckets, with their parts, of the components that know `adopt`. */
export const isAdoptable = (urn: string): boolean =>
  /::(queuefleet:queue:MonitoredQueue\$aws:sqs\/queue:Queue|queuefleet:bucket:PrivateBucket\$aws:s3\/bucket\w*:\w+|aws:s3\/bucketNotification:BucketNotification)::/.test(
    urn,
  );

/** The program names each of its entries after its content, so that it knows them again, also when it makes others now,
 *  and nobody else's has such a name. Letters and digits only: a Sid allows no others. */
export const ownName = (prefix: string, entry: Omit<Entry, "id">): string =>
  `${prefix}${digestOf(entry)}`;

/** Whether the program made the entry, now or before. */
export const isOwn = (entry: Entry): boolean => entry.id.endsWith(digestOf(entry));

const digestOf = (entry: Omit<Entry, "id">): string =>
  createHash("sha256").update(contentOf(entry)).digest("hex").slice(0, 12);

/** The statements of a policy document, by their Sid or else by their text. */
export function statementsOf(policy: unknown): Entry[] {
  if (typeof policy !== "string" || policy === "") return [];
  const { Statement = [] } = JSON.parse(policy) as { Statement?: unknown };
  return [Statement].flat().map((statement) => {
    const { Sid } = statement as { Sid?: string };
    return { id: Sid ?? JSON.stringify(statement), value: statement as Values, exact: true };
  });
}

const minimumSize = "transitionDefaultMinimumObjectSize";
/** Source: S3 API, PutBucketLifecycleConfiguration. */
const minimumSizeDefault = "all_storage_classes_128K";

/** From the inputs of a BucketLifecycleConfiguration: its rules, and the smallest object that changes its storage class if
 *  somebody set it. */
export function lifecycleEntriesOf(inputs: Values): Entry[] {
  const setting = inputs[minimumSize];
  return [
    ...valuesIn(inputs.rules).map((value) => ({ id: String(value.id), value })),
    ...(setting === undefined || setting === minimumSizeDefault
      ? []
      : [{ id: minimumSize, value: { [minimumSize]: setting } }]),
  ];
}

/** Where a notification goes, by its kind. Source: inputs of aws.s3.BucketNotification. */
const notificationArns = {
  queues: "queueArn",
  topics: "topicArn",
  lambdaFunctions: "lambdaFunctionArn",
} as const;
export type NotificationKind = keyof typeof notificationArns;

/** From the inputs of a BucketNotification. Several may go to one ARN; S3 gives each an id. */
export function notificationsOf(inputs: Values): Entry[] {
  const listed = Object.entries(notificationArns).flatMap(([kind, arn]) =>
    valuesIn(inputs[kind]).map((value) => ({
      id: String(value.id ?? value[arn]),
      value: { kind, ...value },
    })),
  );
  const eventbridge = { id: "eventbridge", value: { kind: "eventbridge" } };
  return inputs.eventbridge === true ? [...listed, eventbridge] : listed;
}

/** Whether two entries do the same, whatever they are called. Order and lists of one do not matter. */
export const sameContent = (one: Entry, other: Entry): boolean =>
  contentOf(one) === contentOf(other);

function contentOf({
  value: { Sid: _Sid, id: _id, ...content },
  exact = false,
}: Omit<Entry, "id">): string {
  return JSON.stringify(normal(content, exact));
}

/** Undefined if it is empty. AWS and Pulumi write one value, or a list of it, and numbers as texts. */
function normal(value: unknown, exact: boolean): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => normal(item, exact)).filter((item) => item !== undefined);
    if (items.length === 1) return items[0];
    if (items.length === 0) return exact ? [] : undefined;
    return items.map((item) => JSON.stringify(item)).sort();
  }
  if (typeof value === "object" && value !== null) {
    const properties = Object.entries(value)
      .filter(([key]) => key !== providerMark)
      .map(([key, property]) => [key, normal(property, exact)] as const)
      .filter(([, property]) => property !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1));
    return properties.length === 0 && !exact ? undefined : Object.fromEntries(properties);
  }
  if (value === undefined || value === null) return undefined;
  if (!exact && (value === "" || value === 0 || value === false)) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Providers of Pulumi write here, in the state, which values they have filled in. */
const providerMark = "__defaults";

const valuesIn = (list: unknown): Values[] => (Array.isArray(list) ? (list as Values[]) : []);
