/** The message is not known to be bad, and it gets more attempts than the queue gives: up to `mostParkings` times. */
export class PostponedError extends Error {
  override readonly name = "PostponedError";
}
