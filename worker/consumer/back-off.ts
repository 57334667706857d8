/** Milliseconds before try `attempt` + 1: doubling from `baseMs` up to `maxMs`, with jitter so that
 *  many workers do not try at the same moment. Never less than half of the full delay. */
export function backOffMs(
  attempt: number,
  baseMs: number,
  maxMs: number,
  random = Math.random,
): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (random() * full) / 2;
}

/** Seconds a failed message stays hidden before its next attempt. Measured by the lease, because that
 *  is what one attempt may take: a ninetieth of it (10 s at 15 minutes), then four times as long each
 *  time, at most the lease itself. */
export function retryDelaySeconds(attempt: number, visibilityTimeoutSeconds: number): number {
  const delay = (visibilityTimeoutSeconds / 90) * 4 ** (attempt - 1);
  return Math.round(Math.min(visibilityTimeoutSeconds, delay));
}
