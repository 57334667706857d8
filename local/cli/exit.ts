import { StackLocked } from "../state/lock";
import { ProjectError } from "../process/fault";

/** As the Pulumi CLI has them. */
export const exitCodes = {
  success: 0,
  error: 1,
  configuration: 2,
  authentication: 3,
  stackNotFound: 6,
  changesNotExpected: 7,
  cancelled: 8,
} as const;

/** A fault that ends the command with a code of its own. */
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

/** What a person needs to read; the stack of a fault that nobody foresaw besides. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const foreseen =
    error instanceof CommandError || error instanceof ProjectError || error instanceof StackLocked;
  if (foreseen || process.env.PULUMI_LOCAL_DEBUG !== "1") return error.message;
  return error.stack ?? error.message;
}
