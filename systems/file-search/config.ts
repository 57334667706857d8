import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { fitsTag, tagRule } from "../../components/deployment";

const mustFitTag = `must be ${tagRule}, as tags of alarms take them`;
const matching = (pattern: RegExp, rule: string) => z.string(rule).regex(pattern, rule);
const count = (minimum: number, maximum: number) =>
  z.custom<number>(
    (value) => Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum,
    `must be a whole number from ${minimum} to ${maximum}`,
  );
const addresses = "must be a list of e-mail addresses";
const emails = z.array(z.email(addresses), addresses);

const shape = {
  bucketSuffix: matching(/^(-[a-z0-9-]*[a-z0-9])?$/, 'must be empty or like "-acme"'),
  protect: z.boolean("must be true or false"),
  adoptQueues: z.boolean("must be true or false"),
  adoptBuckets: z.array(
    z.enum(["uploads", "scripts"], 'must be "uploads" or "scripts"'),
    'must be a list of "uploads" and "scripts"',
  ),
  visibilityTimeoutSeconds: count(1, 43_200),
  maxReceiveCount: count(1, 1000),
  jobTimeoutSeconds: count(1, 43_200),
  shutdownGraceSeconds: count(0, 7200),
  workerConcurrency: count(1, 1000),
  instanceType: matching(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'must be like "t3.medium"'),
  machinesMinimum: count(0, 100),
  machinesMaximum: count(1, 100),
  backlogPerMachine: count(1, 1_000_000),
  vpcId: matching(/^(vpc-[0-9a-f]+)?$/, 'must be empty or like "vpc-0a1b2c3d"'),
  subnetIds: z.array(matching(/^subnet-[0-9a-f]+$/, 'must be a list like ["subnet-0a1b2c3d"]')),
  egressPorts: z.array(count(1, 65_535)).refine((ports) => ports.includes(443), "must contain 443"),
  // What SSM allows; a path, so that a role can be given a folder of them.
  databaseUrlParameter: matching(
    /^(\/[\w.-]+)+$/,
    'must be a path such as "/file-search/dev/database-url"',
  ),
  slackWebhookParameter: matching(
    /^(\/[\w.-]+)*$/,
    'must be empty or a path such as "/file-search/dev/slack-webhook-url"',
  ),
  criticalEmails: emails,
  warningEmails: emails,
  language: z.enum(["en", "ja"], 'must be "en" or "ja"'),
  owner: z.string(mustFitTag).refine(fitsTag, mustFitTag),
  runbookBaseUrl: z
    .url({ protocol: /^https$/, error: "must be an https URL" })
    .refine(fitsTag, mustFitTag),
  logRetentionDays: count(1, 3653),
  queueDepthWarning: count(1, 1_000_000),
  queueDepthCritical: count(1, 1_000_000),
  deadLettersWarning: count(1, 1_000_000),
  deadLettersCritical: count(1, 1_000_000),
  oldestMessageAgeSeconds: count(60, 1_209_600),
  machinesWarning: count(1, 1000),
  machinesCritical: count(1, 1000),
  errorLogsWarning: count(1, 1_000_000),
  errorLogsCritical: count(1, 1_000_000),
};

type Values = z.output<z.ZodObject<typeof shape>>;
type Key = keyof Values;
export type FileSearchConfig = Values & { region: string };

export const configKeys = Object.keys(shape) as Key[];

/** Pairs that only make sense in one order: [smaller, larger, whether equal is fine]. */
const orders: [Key, Key, boolean][] = [
  ["jobTimeoutSeconds", "visibilityTimeoutSeconds", false],
  ["machinesMinimum", "machinesMaximum", true],
  ["queueDepthWarning", "queueDepthCritical", true],
  ["deadLettersWarning", "deadLettersCritical", true],
  ["machinesWarning", "machinesCritical", true],
  ["errorLogsWarning", "errorLogsCritical", true],
];

interface Fault {
  /** Fully qualified. */
  key: string;
  value: unknown;
  rule: string;
  /** Arguments of `pulumi config`. */
  fix: string;
}

const shown = (value: unknown) => (value === undefined ? "not set" : JSON.stringify(value));

function faultOf(key: Key, value: unknown, rule: string): Fault {
  const name = `file-search:${key}`;
  const fix =
    shape[key] instanceof z.ZodArray ? `set --path '${name}[0]' VALUE` : `set ${name} VALUE`;
  return { key: name, value, rule, fix };
}

const isKey = (key: string): key is Key => key in shape;

/** What would be passed over in silence: no default stands in for a name with a typing error. */
function strayFaults(values: Record<string, unknown>): Fault[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const key = `file-search:${name}`;
    const rule = "the project has no such key; Pulumi.yaml lists them";
    return isKey(name) ? [] : [{ key, value, rule, fix: `rm ${key}` }];
  });
}

function regionFaults(region: string | undefined): Fault[] {
  if (region !== undefined) return [];
  const key = "aws:region";
  const rule = "the program has to know it to name what it makes";
  return [{ key, value: region, rule, fix: `set ${key} ap-northeast-1` }];
}

/** Checks all keys and names every fault at once, each with the command that mends it. */
export function parseConfig(
  values: Record<string, unknown>,
  region: string | undefined,
  stack: string,
): FileSearchConfig {
  const faults: Fault[] = [...regionFaults(region), ...strayFaults(values)];
  for (const key of configKeys) {
    const parsed = shape[key].safeParse(values[key]);
    const rule = parsed.success ? undefined : parsed.error.issues[0]?.message;
    if (rule !== undefined) faults.push(faultOf(key, values[key], rule));
  }
  for (const [smaller, larger, equalIsFine] of orders) {
    const [low, high] = [values[smaller], values[larger]];
    if (typeof low !== "number" || typeof high !== "number") continue;
    if (low > high || (low === high && !equalIsFine)) {
      const relation = equalIsFine ? "at most" : "below";
      faults.push(faultOf(smaller, low, `must be ${relation} ${larger} (${high})`));
    }
  }
  if (faults.length > 0 || region === undefined) {
    const amount = faults.length === 1 ? "a fault" : `${faults.length} faults`;
    const lines = faults.map(
      ({ key, value, rule, fix }) =>
        `  - ${key} is ${shown(value)}; ${rule}. Fix: pulumi config ${fix} -s ${stack}`,
    );
    throw new pulumi.RunError(
      [`The configuration of file-search in Pulumi.${stack}.yaml has ${amount}:`, ...lines].join(
        "\n",
      ),
    );
  }
  return { ...z.object(shape).parse(values), region };
}

/** Reads a value as JSON where it is JSON, so that "900", "true" and lists have their types. */
function read(key: string, value: string): unknown {
  if (isKey(key) && shape[key].safeParse(value).success) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

export function loadConfig(): FileSearchConfig {
  const prefix = `${new pulumi.Config().name}:`;
  const given = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  const values = Object.fromEntries(given.map(([key, value]) => [key, read(key, value)]));
  return parseConfig(values, new pulumi.Config("aws").get("region"), pulumi.getStack());
}
