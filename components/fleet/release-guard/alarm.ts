/** An alarm of the release that fired. */
export interface FiredAlarm {
  name: string;
  at: Date;
}

/** The alarm in a topic's message, if it is one of `watched` and changed to ALARM. */
export function firedAlarm(body: string, watched: readonly string[]): FiredAlarm | undefined {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { AlarmName, NewStateValue, StateChangeTime } = (message ?? {}) as Record<string, unknown>;
  if (typeof AlarmName !== "string" || typeof StateChangeTime !== "string") return undefined;
  if (!watched.includes(AlarmName) || NewStateValue !== "ALARM") return undefined;
  const at = new Date(StateChangeTime);
  if (Number.isNaN(at.getTime()))
    throw new Error(
      `${AlarmName} has the StateChangeTime "${StateChangeTime}", which is not a time.`,
    );
  return { name: AlarmName, at };
}
