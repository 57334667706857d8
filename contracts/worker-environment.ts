import { z } from "zod";
import type { Range } from "./range";

/** A number of seconds or messages in an environment variable: decimal digits only. */
export const wholeNumber = ({ min, max }: Range) =>
  z
    .string()
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(min).max(max));

const queueUrl = z.url({ protocol: /^https?$/ });

const commandLine = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({
        code: "custom",
        message: `must be a JSON array such as ["python3","process.py"]`,
      });
      return z.NEVER;
    }
  })
  .pipe(z.array(z.string().min(1)).min(1));

/** Defaults of variables that are not set. */
export const workerDefaults = { concurrency: 4, shutdownGraceSeconds: 90 } as const;

/** Ranges of the numbers that a worker accepts. */
export const workerRanges = {
  concurrency: { min: 1, max: 1000 },
  /** SQS allows 0 too, but then every message is delivered again at once. */
  visibilityTimeoutSeconds: { min: 1, max: 43_200 },
  jobTimeoutSeconds: { min: 1, max: 43_200 },
  maxReceiveCount: { min: 1, max: 1000 },
  shutdownGraceSeconds: { min: 0, max: 7200 },
} as const satisfies Record<string, Range>;

/** The environment variables of a worker process. On a machine they are in the unit's environment file. With them
 *  a worker can serve any queue and run any program. */
export const workerEnvironmentSchema = z
  .object({
    QUEUE_URL: queueUrl,
    DLQ_URL: queueUrl,
    AWS_REGION: z.string().min(1),
    /** Messages that are processed at the same time. */
    WORKER_CONCURRENCY: wholeNumber(workerRanges.concurrency).default(workerDefaults.concurrency),
    /** Visibility timeout of a received message, in seconds. SQS allows 0–43,200. */
    VISIBILITY_TIMEOUT_SECONDS: wholeNumber(workerRanges.visibilityTimeoutSeconds),
    /** Longest time that one message may take, in seconds. Then the work is aborted and the attempt has failed. */
    JOB_TIMEOUT_SECONDS: wholeNumber(workerRanges.jobTimeoutSeconds),
    /** Attempts before a message is dead-lettered. SQS allows 1–1,000. */
    MAX_RECEIVE_COUNT: wholeNumber(workerRanges.maxReceiveCount),
    /** Time to finish messages after SIGTERM, in seconds. Then the unfinished ones are released. */
    SHUTDOWN_GRACE_SECONDS: wholeNumber(workerRanges.shutdownGraceSeconds).default(
      workerDefaults.shutdownGraceSeconds,
    ),
    PROCESSOR: z.enum(["file", "command"]),
    /** JSON array: the program and its arguments, handed over as they are. A shell expands nothing in them. */
    PROCESSOR_COMMAND: commandLine.optional(),
    METRICS_NAMESPACE: z.string().min(1).max(255),
    /** Names of the buckets that the work reads, separated by commas. They must be reachable when the worker starts. */
    S3_BUCKETS: z
      .string()
      .transform((names) => names.split(",").filter((name) => name !== ""))
      .optional(),
    /** Name of the SSM SecureString that holds the index's PostgreSQL connection string. */
    DATABASE_URL_PARAMETER: z.string().min(1).optional(),
    /** Name of the SSM parameter with the certificates (PEM) of the CA of the database's server, if it is neither a public
     *  one nor that of Amazon RDS or Supabase. */
    DATABASE_CA_PARAMETER: z.string().min(1).optional(),
  })
  .superRefine((environment, context) => {
    for (const { variable, rule } of faultsAcrossVariables(environment)) {
      context.addIssue({ code: "custom", path: [variable], message: rule });
    }
  });

/** Faults between variables: a variable that the chosen processor needs is missing, or the queue is its own
 *  dead-letter queue. Exported, because zod does not run the refinements of a schema that has other faults. */
export function faultsAcrossVariables(variables: {
  QUEUE_URL?: string;
  DLQ_URL?: string;
  PROCESSOR?: string;
  PROCESSOR_COMMAND?: unknown;
  DATABASE_URL_PARAMETER?: unknown;
}): { variable: "DLQ_URL" | "PROCESSOR_COMMAND" | "DATABASE_URL_PARAMETER"; rule: string }[] {
  const needs = { command: "PROCESSOR_COMMAND", file: "DATABASE_URL_PARAMETER" } as const;
  const variable = Object.entries(needs).find(([name]) => name === variables.PROCESSOR)?.[1];
  const isOwnDlq = variables.DLQ_URL !== undefined && variables.DLQ_URL === variables.QUEUE_URL;
  return [
    ...(variable === undefined || variables[variable] !== undefined
      ? []
      : [{ variable, rule: `is needed when PROCESSOR is ${variables.PROCESSOR}` }]),
    ...(isOwnDlq
      ? [{ variable: "DLQ_URL" as const, rule: "must be another queue than QUEUE_URL" }]
      : []),
  ];
}

export type WorkerEnvironment = z.output<typeof workerEnvironmentSchema>;
/** The variables as text, as in a unit's environment file. */
export type WorkerVariables = z.input<typeof workerEnvironmentSchema>;
