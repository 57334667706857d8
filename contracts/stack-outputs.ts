import { z } from "zod";

/** Increased when a change of the schema breaks programs that know only the previous schema. */
export const systemOutputsVersion = 1;

const arn = z.string().startsWith("arn:");

const queue = z.object({
  name: z.string(),
  arn,
  url: z.url(),
  deadLetter: z.object({ name: z.string(), arn, url: z.url() }),
  visibilityTimeoutSeconds: z.number(),
  maxReceiveCount: z.number(),
});

const deployedFunction = z.object({
  name: z.string(),
  arn,
  logGroupName: z.string(),
  /** Alias through which it is called. Missing in the outputs of older deployments. */
  alias: z.string().optional(),
  /** Name of the queue of the events whose calls failed permanently. */
  failedCalls: z.string().optional(),
});

const fleet = z.object({
  autoScalingGroupName: z.string(),
  launchTemplateId: z.string(),
  /** Key of `queues` that the fleet works on. */
  queue: z.string(),
  logGroupName: z.string(),
  bundle: z.object({ bucket: z.string(), key: z.string(), sha256: z.string() }),
  /** What a rollback needs. Missing in the outputs of older deployments. */
  release: z
    .object({
      /** Systems Manager document that switches the bundle of running machines. */
      documentName: z.string(),
      /** SSM parameter that refuses a bundle; see `releaseHoldSchema`. */
      holdParameter: z.string(),
      shutdownGraceSeconds: z.number(),
      /** Names of the alarms that stop a release. */
      alarms: z.array(z.string()),
    })
    .optional(),
});

const alarm = z.object({
  name: z.string(),
  arn,
  severity: z.enum(["warning", "critical"]),
  /** Absolute URL of the page that says what to do. */
  runbookUrl: z.url(),
  meaning: z.string(),
});

/** The single output, `system`, of every system's stack. The overview, the operations commands and the tests rely
 *  on it. The keys of the records are the short names that the program uses ("files", "asr"). */
export const systemOutputsSchema = z.object({
  version: z.literal(systemOutputsVersion),
  system: z.string(),
  environment: z.string(),
  region: z.string(),
  accountId: z.string().regex(/^\d{12}$/),
  queues: z.record(z.string(), queue),
  functions: z.record(z.string(), deployedFunction),
  fleets: z.record(z.string(), fleet),
  pipelines: z.record(z.string(), z.object({ name: z.string(), arn })),
  buckets: z.record(z.string(), z.object({ name: z.string(), arn })),
  alarms: z.array(alarm),
  /** Topic ARN by severity. */
  topics: z.object({ warning: arn, critical: arn }),
  dashboardName: z.string().optional(),
});

export type SystemOutputs = z.output<typeof systemOutputsSchema>;
