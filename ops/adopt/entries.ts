import {
  lifecycleEntriesOf,
  notificationsOf,
  sameContent,
  sameEntry,
  statementsOf,
  type Entry,
} from "../../contracts/adoption";

type Values = Record<string, unknown>;

const queue = "aws:sqs/queue:Queue";
const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const notification = "aws:s3/bucketNotification:BucketNotification";

/** The entries in the inputs of a resource, by its type. */
const inInputs: Readonly<Record<string, (inputs: Values) => Entry[]>> = {
  [queue]: ({ policy }) => statementsOf(policy),
  [bucketPolicy]: ({ policy }) => statementsOf(policy),
  [lifecycle]: lifecycleEntriesOf,
  [notification]: notificationsOf,
};

/** The entries of a resource as its service describes it. */
const inService: Readonly<Record<string, (existing: Values) => Entry[]>> = {
  [queue]: ({ attributes }) => statementsOf((attributes as Values).Policy),
  [bucketPolicy]: ({ Policy }) => statementsOf(Policy),
  [lifecycle]: ({ Rules, TransitionDefaultMinimumObjectSize }) =>
    lifecycleEntriesOf({
      rules: asProperties(Rules),
      transitionDefaultMinimumObjectSize: TransitionDefaultMinimumObjectSize,
    }),
  [notification]: (existing) =>
    notificationsOf({
      queues: asNotifications(existing.QueueConfigurations),
      topics: asNotifications(existing.TopicConfigurations),
      lambdaFunctions: asNotifications(existing.LambdaFunctionConfigurations),
      eventbridge: existing.EventBridgeConfiguration !== undefined,
    }),
};

export const entriesInInputs = (type: string, inputs: Values): Entry[] =>
  inInputs[type]?.(inputs) ?? [];
export const entriesInService = (type: string, existing: Values): Entry[] =>
  inService[type]?.(existing) ?? [];

export interface Foreign extends Entry {
  /** `beside`: the program has an entry of this name with other content, and both stay. `instead`: only one of them can be
   *  there, and the program gives up its own. */
  kept: "as it is" | "beside" | "instead";
}

/** The entries of a resource against those that the program wants, by their content. */
export function compareEntries(
  type: string,
  actual: readonly Entry[],
  wanted: readonly Entry[],
): { foreign: Foreign[]; added: Entry[] } {
  // The id of a notification is given by S3 or by the provider.
  const isSame = type === notification ? sameContent : sameEntry;
  const foreign = actual
    .filter((entry) => !wanted.some((one) => isSame(one, entry)))
    .map((entry) => ({ ...entry, kept: howKept(type, entry, wanted) }));
  const added = wanted.filter(
    (entry) =>
      !actual.some((one) => isSame(one, entry)) &&
      !foreign.some((one) => one.kept === "instead" && collide(type, one, entry)),
  );
  return { foreign, added };
}

function howKept(type: string, entry: Entry, wanted: readonly Entry[]): Foreign["kept"] {
  if (!wanted.some((own) => collide(type, own, entry))) return "as it is";
  return type === lifecycle || type === notification ? "instead" : "beside";
}

/** S3 allows one lifecycle rule of an id, and refuses two notifications for the same upload. */
const collide = (type: string, one: Entry, other: Entry): boolean =>
  type === notification
    ? one.value.kind === "queues" && one.value.queueArn === other.value.queueArn
    : one.id === other.id;

export const lowerFirst = (name: string): string =>
  `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

/** Names of properties as Pulumi has them: `NoncurrentDays` → `noncurrentDays`, `ID` → `id`. */
function asProperties(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asProperties);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, property]) => [
      key === "ID" ? "id" : lowerFirst(key),
      asProperties(property),
    ]),
  );
}

interface NotificationConfiguration {
  Filter?: { Key?: { FilterRules?: { Name?: string; Value?: string }[] } };
}

function asNotifications(configurations: unknown): unknown[] {
  const all = (configurations ?? []) as NotificationConfiguration[];
  return all.map(({ Filter, ...rest }) => {
    const rule = (name: string) =>
      Filter?.Key?.FilterRules?.find(({ Name }) => Name?.toLowerCase() === name)?.Value;
    return {
      ...(asProperties(rest) as object),
      filterPrefix: rule("prefix"),
      filterSuffix: rule("suffix"),
    };
  });
}
