import { exitCodes } from "../../contracts/exit-codes";

/** Ends a command with a message and an exit code. */
export class OpsError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = exitCodes.error,
  ) {
    super(message);
  }
}
