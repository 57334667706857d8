import type { AlarmNotice } from "./notice";

/** Answers the state of an alarm of this account and region; undefined when there is none. */
export type AlarmState = (name: string) => Promise<string | undefined>;

export type Verdict = { tell: true; warningStays: boolean } | { tell: false; because: string };

const otherLevel = (name: string, from: string, to: string) =>
  name.endsWith(`-${from}`) ? `${name.slice(0, -from.length)}${to}` : undefined;

/** One incident, one message. While the critical alarm of a measure is on, its warning says nothing: the
 *  critical one has spoken, and will say how it ended. Nothing else is ever left out. */
export async function judge(notice: AlarmNotice, stateOf: AlarmState): Promise<Verdict> {
  if (notice.state === "OK" && notice.previousState === "INSUFFICIENT_DATA") {
    return { tell: false, because: "the alarm is new and everything is fine" };
  }
  const critical = otherLevel(notice.name, "warning", "critical");
  if (critical !== undefined && (await stateOf(critical)) === "ALARM") {
    return { tell: false, because: `${critical} speaks for it` };
  }
  const warning = otherLevel(notice.name, "critical", "warning");
  const warningStays =
    warning !== undefined && notice.state === "OK" && (await stateOf(warning)) === "ALARM";
  return { tell: true, warningStays };
}
