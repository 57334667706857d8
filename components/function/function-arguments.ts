import type * as pulumi from "@pulumi/pulumi";
import { ArgumentFaults } from "../argument-faults";
import type { Deployment } from "../deployment";
import { retentionFault } from "../log-group";
import type { Statement } from "../iam";
import type { FailedCalls } from "./failed-calls";

export interface BundledFunctionArgs {
  deployment: Deployment;
  /** Physical name of the function and of its role. */
  functionName: string;
  /** Absolute path of the TypeScript file that exports `handler`. */
  entry: string;
  /** Longest time that one call may take. Seconds, 1–900. */
  timeoutSeconds: number;
  /** Megabytes, 128–10,240. Default 256. */
  memoryMegabytes?: number;
  /** Environment variables. They may contain names of secrets, never secrets. */
  variables: Record<string, pulumi.Input<string>>;
  /** What the function may do besides logging. */
  rights: { name: string; statements: Statement[] };
  /** Receives the events whose calls failed permanently. The function gets the right to send there. */
  failedCalls?: FailedCalls;
  /** Part of the account's concurrency that only this function may use, and its limit. Not set: the account's unreserved
   *  concurrency, which a new account may not reserve from (it has 10 in all). 1–1,000. */
  reservedConcurrency?: number;
  /** How long the log is kept. Default 30 days. */
  logRetentionDays?: number;
}

export function assertBundledFunctionArgs(name: string, args: BundledFunctionArgs): void {
  new ArgumentFaults(`BundledFunction "${name}"`)
    .require(
      /^[\w-]{1,64}$/.test(args.functionName),
      `functionName is "${args.functionName}"; Lambda and IAM allow 1 to 64 letters, digits, "-" and "_"`,
    )
    .wholeNumber(
      "timeoutSeconds",
      args.timeoutSeconds,
      { min: 1, max: 900 },
      "Lambda allows whole seconds",
    )
    .wholeNumber(
      "memoryMegabytes",
      args.memoryMegabytes ?? functionDefaults.memoryMegabytes,
      { min: 128, max: 10_240 },
      "Lambda allows whole megabytes",
    )
    .wholeNumber(
      "reservedConcurrency",
      args.reservedConcurrency ?? concurrencyRange.min,
      concurrencyRange,
      "Lambda would run nothing with 0, so whole numbers are allowed",
    )
    .require(...retentionFault(args.logRetentionDays))
    .throwIfAny();
}

/** Simultaneous calls of a function. 1,000 is the default quota of an account. */
export const concurrencyRange = { min: 1, max: 1000 };

export const functionDefaults = { memoryMegabytes: 256 };
