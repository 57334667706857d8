import { exitCodes } from "../../contracts/exit-codes";
import { StackLocked } from "../state/lock";
import { ProjectError } from "../process/fault";

export { exitCodes };

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
