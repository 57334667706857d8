import type { AlarmNotice } from "./notice";

/** What tells whether an alarm speaks, or is about to. */
export interface Alarm {
  state: string | undefined;
  comparison: string | undefined;
  threshold: number | undefined;
}

/** Looks at alarms of this account and region. */
export interface Lookout {
  /** Undefined when there is none of this name. */
  alarm(name: string): Promise<Alarm | undefined>;
  wait(ms: number): Promise<void>;
}

export type Verdict = { tell: true; warningStays: boolean } | { tell: false; because: string };

/** CloudWatch evaluates every alarm once a minute, each at a moment of its own. */
const patience = { lookEveryMs: 15_000, looks: 6 };

const otherLevel = (name: string, from: string, to: string) =>
  name.endsWith(`-${from}`) ? `${name.slice(0, -from.length)}${to}` : undefined;

/** One incident, one message. While the critical alarm of a measure is on, its warning says nothing: the
 *  critical one has spoken, and will say how it ended. Nothing else is ever left out. */
export async function judge(notice: AlarmNotice, lookout: Lookout): Promise<Verdict> {
  if (notice.state === "OK" && notice.previousState === "INSUFFICIENT_DATA") {
    return { tell: false, because: "the alarm is new and everything is fine" };
  }
  const critical = otherLevel(notice.name, "warning", "critical");
  if (critical !== undefined && (await speaks(critical, notice, lookout))) {
    return { tell: false, because: `${critical} speaks for it` };
  }
  const warning = otherLevel(notice.name, "critical", "warning");
  const warningStays =
    warning !== undefined &&
    notice.state === "OK" &&
    (await lookout.alarm(warning))?.state === "ALARM";
  return { tell: true, warningStays };
}

/** Whether the critical alarm is on. Where the warning's own value is past the critical threshold and that
 *  alarm is not on yet, it gets the time to be evaluated; the warning is left out only when it really came. */
async function speaks(critical: string, notice: AlarmNotice, lookout: Lookout): Promise<boolean> {
  for (let look = 1; ; look += 1) {
    const alarm = await lookout.alarm(critical);
    if (alarm?.state === "ALARM") return true;
    if (!isPast(alarm, notice) || look === patience.looks) return false;
    await lookout.wait(patience.lookEveryMs);
  }
}

function isPast(alarm: Alarm | undefined, { state, value }: AlarmNotice): boolean {
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
