import type { AlarmNotice } from "./notice";

/** The state and threshold of an alarm. */
export interface Alarm {
  state: string | undefined;
  comparison: string | undefined;
  threshold: number | undefined;
}

/** Reads alarms of this account and region. */
export interface AlarmReader {
  /** Undefined when there is no alarm of this name. */
  read(name: string): Promise<Alarm | undefined>;
  wait(ms: number): Promise<void>;
}

export type Decision = { send: true; warningStays: boolean } | { send: false; because: string };

/** How long a warning waits for its critical alarm. CloudWatch evaluates every alarm once a minute, each at a
 *  different second. */
const criticalAlarmWait = { pauseMs: 15_000, maximumReads: 6 };

const otherLevel = (name: string, from: string, to: string) =>
  name.endsWith(`-${from}`) ? `${name.slice(0, -from.length)}${to}` : undefined;

/** One incident, one message: a warning is not sent while the critical alarm of the same measure is on. That
 *  alarm has already been sent, and its end will be sent too. The first OK of a new alarm is not sent either.
 *  Every other notice is sent. */
export async function decide(notice: AlarmNotice, alarms: AlarmReader): Promise<Decision> {
  if (notice.state === "OK" && notice.previousState === "INSUFFICIENT_DATA") {
    return { send: false, because: "the alarm is new and its state is OK" };
  }
  const critical = otherLevel(notice.name, "warning", "critical");
  if (critical !== undefined && (await isCriticalOn(critical, notice, alarms))) {
    return { send: false, because: `the critical alarm ${critical} is on` };
  }
  const warning = otherLevel(notice.name, "critical", "warning");
  const warningStays =
    warning !== undefined &&
    notice.state === "OK" &&
    (await alarms.read(warning))?.state === "ALARM";
  return { send: true, warningStays };
}

/** Whether the critical alarm is on. If the warning's own value is past the critical threshold and the critical
 *  alarm is not on yet, this waits until CloudWatch has evaluated that alarm. */
async function isCriticalOn(
  critical: string,
  notice: AlarmNotice,
  alarms: AlarmReader,
): Promise<boolean> {
  for (let reads = 1; ; reads += 1) {
    const alarm = await alarms.read(critical);
    if (alarm?.state === "ALARM") return true;
    if (!isPastThreshold(alarm, notice) || reads === criticalAlarmWait.maximumReads) return false;
    await alarms.wait(criticalAlarmWait.pauseMs);
  }
}

function isPastThreshold(alarm: Alarm | undefined, { state, value }: AlarmNotice): boolean {
  if (state !== "ALARM" || value === undefined || alarm?.threshold === undefined) return false;
  switch (alarm.comparison) {
    case "GreaterThanThreshold":
      return value > alarm.threshold;
    case "GreaterThanOrEqualToThreshold":
      return value >= alarm.threshold;
    default:
      return false;
  }
}
