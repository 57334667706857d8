/** Factor from one wait to the next. */
const growth = 4;

/** Longest wait of a message whose API or database failed, as a multiple of the first one. The pause of the worker does the
 *  long waiting, and after it the message must come soon. */
const longestOfOutage = 4;

/** Longest wait of any other message, as a multiple of the first one: 15 minutes if that is 30 seconds. */
const longest = 30;

export interface FailedAttempt {
  /** How often the message was received. */
  receiveCount: number;
  /** Wait after the first attempt. */
  firstSeconds: number;
  /** Whether something that the message needs failed, and not the message. */
  isOutage: boolean;
}

/** Seconds until the next attempt of a message: 30, 120, 480, 900, and with jitter down to half of that, so that what failed
 *  together does not come back together. Whole seconds, as SQS wants them. */
export function backOffSeconds(
  { receiveCount, firstSeconds, isOutage }: FailedAttempt,
  random = Math.random,
): number {
  const most = firstSeconds * (isOutage ? longestOfOutage : longest);
  const full = Math.min(most, firstSeconds * growth ** Math.min(receiveCount - 1, 10));
  return Math.ceil(full / 2 + (random() * full) / 2);
}
