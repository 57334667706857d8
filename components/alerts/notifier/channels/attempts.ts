/** The outcome of one attempt to send. */
export type Outcome<T> = { done: T } | Failure;

export interface Failure {
  failure: string;
  /** How long the service asks to wait. */
  pauseMs?: number;
  /** Trying again helps only if the secret has changed meanwhile. */
  refused?: boolean;
}

/** No attempt succeeded. */
export class NotSent extends Error {
  constructor(
    message: string,
    /** Whether the service answered, and said no. */
    readonly refused: boolean,
  ) {
    super(message);
  }
}

export interface Attempts {
  attempts: number;
  /** Of one attempt. */
  timeoutMs: number;
  /** Pause before the second attempt. It doubles with each. */
  pauseMs: number;
  wait(ms: number): Promise<void>;
}

export const attemptDefaults = { attempts: 4, timeoutMs: 5000, pauseMs: 500 };

/** Longest pause, also if the service asks for more: what was not sent is tried again by the next call. */
const longestPauseMs = 10_000;

/** Attempts until one succeeds. A refusal is tried once more, with the secret read again. Rejects with the last failure. */
export async function withAttempts<T>(
  what: string,
  { attempts, pauseMs, wait }: Omit<Attempts, "timeoutMs">,
  attempt: () => Promise<Outcome<T>>,
  forget: () => void,
): Promise<T> {
  for (let count = 1; ; count += 1) {
    const outcome = await attempt();
    if ("done" in outcome) return outcome.done;
    const { failure, refused = false } = outcome;
    if (refused) forget();
    if (count === attempts || (refused && count > 1)) {
      throw new NotSent(`${what}: ${failure}`, refused);
    }
    await wait(Math.min(outcome.pauseMs ?? pauseMs * 2 ** (count - 1), longestPauseMs));
  }
}

export const failureOf = (error: unknown): Failure => ({
  failure: error instanceof Error ? error.message : String(error),
});
