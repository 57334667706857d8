import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { fitsTag } from "../../components/deployment";

const tagRule =
  "must be 1 to 200 letters, digits, blanks and _.:/=+-@, as tags of alarms take them";
const count = (minimum: number, maximum: number) => z.number().int().min(minimum).max(maximum);
const emails = z.array(z.email());
/** What SSM allows; a path, so that a role can be given a folder of them. */
const parameterName = z
  .string()
  .regex(/^(\/[\w.-]+)+$/, 'must be a path such as "/file-search/dev/x"');

const shape = {
  bucketSuffix: z.string().regex(/^(-[a-z0-9-]*[a-z0-9])?$/, 'must be empty or like "-acme"'),
  protect: z.boolean(),
  adoptQueues: z.boolean(),
  visibilityTimeoutSeconds: count(1, 43_200),
  maxReceiveCount: count(1, 1000),
  jobTimeoutSeconds: count(1, 43_200),
  shutdownGraceSeconds: count(0, 7200),
  workerConcurrency: count(1, 1000),
  instanceType: z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'must be like "t3.medium"'),
  machinesMinimum: count(0, 100),
  machinesMaximum: count(1, 100),
  backlogPerMachine: count(1, 1_000_000),
  vpcId: z.string().regex(/^(vpc-[0-9a-f]+)?$/, 'must be empty or like "vpc-0a1b2c3d"'),
  subnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]+$/, 'must be like "subnet-0a1b2c3d"')),
  egressPorts: z.array(count(1, 65_535)).refine((ports) => ports.includes(443), "must contain 443"),
  databaseUrlParameter: parameterName,
  slackWebhookParameter: z.union([z.literal(""), parameterName]),
  criticalEmails: emails,
  warningEmails: emails,
  language: z.enum(["en", "ja"]),
  owner: z.string().refine(fitsTag, tagRule),
  runbookBaseUrl: z
    .url({ protocol: /^https$/, error: "must be an https URL" })
    .refine(fitsTag, tagRule),
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

export type FileSearchConfig = z.output<z.ZodObject<typeof shape>>;
type Key = keyof FileSearchConfig;

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
  key: Key;
  value: unknown;
  rule: string;
}

const shown = (value: unknown) => (value === undefined ? "not set" : JSON.stringify(value));

/** Checks all keys and names every fault at once, each with the command that mends it. */
export function parseConfig(values: Record<Key, unknown>, stack: string): FileSearchConfig {
  const faults: Fault[] = [];
  for (const key of configKeys) {
    const parsed = shape[key].safeParse(values[key]);
    const rule = parsed.success ? undefined : parsed.error.issues[0]?.message;
    if (rule !== undefined) faults.push({ key, value: values[key], rule });
  }
  for (const [smaller, larger, equalIsFine] of orders) {
    const [low, high] = [values[smaller], values[larger]];
    if (typeof low !== "number" || typeof high !== "number") continue;
    if (low > high || (low === high && !equalIsFine)) {
      const relation = equalIsFine ? "at most" : "below";
      faults.push({ key: smaller, value: low, rule: `must be ${relation} ${larger} (${high})` });
    }
  }
  if (faults.length > 0) {
    throw new pulumi.RunError(
      [
        `The configuration of file-search, stack "${stack}", has ${faults.length} fault(s):`,
        ...faults.map(
          ({ key, value, rule }) =>
            `  - file-search:${key} is ${shown(value)}; ${rule}. ` +
            `Fix: pulumi config set file-search:${key} VALUE -s ${stack}`,
        ),
      ].join("\n"),
    );
  }
  return z.object(shape).parse(values);
}

/** Reads a value as JSON where it is JSON, so that "900", "true" and lists have their types. */
function read(config: pulumi.Config, key: Key): unknown {
  const value = config.get(key);
  if (value === undefined || shape[key].safeParse(value).success) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

export function loadConfig(): FileSearchConfig {
  const config = new pulumi.Config();
  const values = Object.fromEntries(configKeys.map((key) => [key, read(config, key)]));
  return parseConfig(values as Record<Key, unknown>, pulumi.getStack());
}
