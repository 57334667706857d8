import { z } from "zod";
import { wholeNumber } from "../../contracts/worker-environment";
import { variableFault } from "../variable-fault";

const url = z.url({ protocol: /^https?$/ });
const name = z.string().min(1);

/** The variables of a function that works on a queue. */
export const queueFunctionVariables = z.object({
  /** "asr". Part of the keys of its items in the state table. */
  WORKER: z.string().regex(/^[\w-]+$/, "must be letters, digits, - or _"),
  STATE_TABLE: name,
  METRICS_NAMESPACE: z.string().min(1).max(255),
  /** Attempts before SQS dead-letters a message. SQS allows 1–1,000. */
  MAX_RECEIVE_COUNT: wholeNumber({ min: 1, max: 1000 }),
  /** The same for the FIFO queue of a worker that also has a standard one. */
  FIFO_MAX_RECEIVE_COUNT: wholeNumber({ min: 1, max: 1000 }).optional(),
  /** Seconds before the second attempt of a message; the waits after it are longer. */
  BACK_OFF_SECONDS: wholeNumber({ min: 1, max: 300 }).default(30),
});
export type QueueFunctionVariables = z.output<typeof queueFunctionVariables>;

/** The variables of a function that calls an API. */
export const apiVariables = z.object({
  /** Without the path. */
  API_URL: url,
  /** Below the timeout of the function, and below the 100 s of the proxy before the APIs. */
  API_TIMEOUT_SECONDS: wholeNumber({ min: 1, max: 95 }),
  /** Name, with the alias, of the function that pauses the worker while its API fails. Not set: nothing pauses it. */
  BACK_PRESSURE_FUNCTION: name.optional(),
});

/** The variables of a function that uses PostgreSQL. */
export const databaseVariables = z.object({
  /** Name of the SSM SecureString with the connection string. */
  DATABASE_URL_PARAMETER: name,
  /** Name of the SSM parameter with the certificates (PEM) of the CA of the database's server, if it is neither a public
   *  one nor that of Amazon RDS or Supabase. */
  DATABASE_CA_PARAMETER: name.optional(),
});
export type DatabaseVariables = z.output<typeof databaseVariables>;

/** URL of a queue to which a function sends. */
export const queueUrl = url;

/** What a variable looks like when it is right, which is shown with the fault. */
const examples: Record<string, string> = {
  WORKER: "asr",
  STATE_TABLE: "watchme-state-dev",
  METRICS_NAMESPACE: "WatchMe/Worker",
  MAX_RECEIVE_COUNT: "3",
  FIFO_MAX_RECEIVE_COUNT: "10",
  BACK_OFF_SECONDS: "30",
  API_URL: "https://api.example.com/vibe-transcriber",
  API_TIMEOUT_SECONDS: "50",
  BACK_PRESSURE_FUNCTION: "watchme-back-pressure-dev:live",
  DATABASE_URL_PARAMETER: "/watchme/dev/database-url",
  DATABASE_CA_PARAMETER: "/watchme/dev/database-ca",
  QUEUE_URLS:
    '{"asr":"https://sqs.ap-southeast-2.amazonaws.com/123456789012/watchme-asr-queue-dev",…}',
  SUMMARY_QUEUE_URL:
    "https://sqs.ap-southeast-2.amazonaws.com/123456789012/watchme-dashboard-summary-queue-dev",
  ANALYSIS_QUEUE_URL:
    "https://sqs.ap-southeast-2.amazonaws.com/123456789012/watchme-dashboard-analysis-queue-dev",
};

/** Reads a function's environment. Throws one error that names every fault. */
export function readVariables<Schema extends z.ZodObject>(
  schema: Schema,
  variables: NodeJS.ProcessEnv,
): z.output<Schema> {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  const faults = new Map(
    parsed.error.issues.map(({ path, message }) => [String(path[0]), message]),
  );
  throw new FunctionEnvironmentError(
    [...faults].map(([variable, rule]) =>
      variableFault(variable, variables[variable], rule, examples[variable]),
    ),
  );
}

export class FunctionEnvironmentError extends Error {
  override readonly name = "FunctionEnvironmentError";
  constructor(faults: string[]) {
    super(
      `Invalid environment of the function:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`,
    );
  }
}
