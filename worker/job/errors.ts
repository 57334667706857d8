import { describeError } from "./describe-error";

/** Work that cannot succeed however often it is tried: the message goes to the dead-letter queue now,
 *  with this message as the reason. */
export class PermanentError extends Error {
  override readonly name = "PermanentError";
}

/** Something that every message needs cannot be used, and this message is not the cause: the attempt
 *  does not count, and the consumer waits. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  constructor(
    /** "S3", "the index's database" */
    readonly dependency: string,
    cause: unknown,
    /** What must be changed, if waiting alone repairs nothing. It ends the start of a worker. */
    readonly fix?: string,
  ) {
    const what = `${dependency} cannot be used: ${describeError(cause)}`;
    super(fix === undefined ? what : `${what}: ${fix}`, { cause });
  }
}
