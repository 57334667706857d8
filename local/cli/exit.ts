import { StackLocked } from "../state/lock";
import { ProjectError } from "../process/fault";

/** The exit codes of the Pulumi CLI. */
export const exitCodes = {
  success: 0,
  error: 1,
  configuration: 2,
  authentication: 3,
  stackNotFound: 6,
  changesNotExpected: 7,
  cancelled: 8,
} as const;

/** An error that ends the command with a specific exit code. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = exitCodes.error,
  ) {
    super(message);
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError || error instanceof ProjectError) return error.exitCode;
  return exitCodes.error;
}

/** The text that is shown for an error. An unexpected error also shows its stack trace. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const foreseen =
    error instanceof CommandError || error instanceof ProjectError || error instanceof StackLocked;
  if (foreseen || process.env.PULUMI_LOCAL_DEBUG !== "1") return error.message;
  return error.stack ?? error.message;
}
