import {
  lifecycleEntriesOf,
  notificationsOf,
  sameContent,
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
      rules: ((Rules ?? []) as Values[]).map(asRule),
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

/** The types whose resources hold a list as a whole. */
export const listTypes = Object.keys(inService);

/** The entries of a resource against those that the program wants, by their content. `instead`: a foreign one in whose place
 *  the program gives up its own. */
export function compareEntries(
  type: string,
  actual: readonly Entry[],
  wanted: readonly Entry[],
): { foreign: (Entry & { instead: boolean })[]; added: Entry[] } {
  const foreign = actual
    .filter((entry) => !wanted.some((one) => sameContent(one, entry)))
    .map((entry) => ({
      ...entry,
      instead: wanted.some((one) => goToOneQueue(type, one, entry)),
    }));
  const added = wanted.filter(
    (entry) =>
      !actual.some((one) => sameContent(one, entry)) &&
      !foreign.some((one) => goToOneQueue(type, one, entry)),
  );
  return { foreign, added };
}

/** S3 refuses two notifications for the same upload. */
const goToOneQueue = (type: string, one: Entry, other: Entry): boolean =>
  type === notification &&
  one.value.kind === "queues" &&
  one.value.queueArn === other.value.queueArn;

export const lowerFirst = (name: string): string =>
  `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

/** Names of properties as Pulumi has them: `NoncurrentDays` → `noncurrentDays`, `ID` → `id`. Dates without the parts of a
 *  second, which the provider refuses. */
function asProperties(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asProperties);
  if (typeof value === "string") return value.replace(/^(\d{4}-\d\d-\d\dT[\d:]+)\.000Z$/, "$1Z");
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, property]) => [
      key === "ID" ? "id" : lowerFirst(key),
      asProperties(property),
    ]),
  );
}

interface ServiceRule {
  Filter?: { And?: { Tags?: Tag[] } };
}

/** Pulumi has the tags of a filter as a record. */
function asRule(given: Values): Values {
  const { Filter, ...rest } = given as Values & ServiceRule;
  const rule = asProperties(rest) as Values;
  if (Filter === undefined) return rule;
  const { And, ...filter } = Filter;
  const tags = And?.Tags === undefined ? undefined : tagRecord(And.Tags);
  const and = And === undefined ? {} : { and: { ...(asProperties(And) as Values), tags } };
  return { ...rule, filter: { ...(asProperties(filter) as Values), ...and } };
}

export interface Tag {
  Key: string;
  Value: string;
}

export const tagRecord = (tags: readonly Tag[]): Values =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

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
