/** The message is not known to be bad, and may get more attempts than its queue gives: see `mayPark`. */
export class PostponedError extends Error {
  override readonly name = "PostponedError";
  /** Wait before the next attempt. Undefined: the usual one. */
  readonly waitSeconds: number | undefined;

  constructor(message: string, options: { cause?: unknown; waitSeconds?: number } = {}) {
    super(message, { cause: options.cause });
    this.waitSeconds = options.waitSeconds;
  }
}
