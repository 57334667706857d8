/** Work that cannot succeed however often it is tried: the message goes to the dead-letter queue now,
 *  with this message as the reason. */
export class PermanentError extends Error {
  override readonly name = "PermanentError";
}
