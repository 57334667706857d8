import type { LogEntry } from "../../function/handler-parts";
import type { SnsEvent } from "../../function/sns-event";
import { firedAlarm, type FiredAlarm } from "./alarm";
import { decide } from "./decide";
import type { ReleaseHold } from "../../../contracts/release";
import type { FleetState, Version } from "../../../contracts/release-history";
import type { Message, Rollback } from "./message";

/** The Auto Scaling group. */
export interface Fleet {
  readState(): Promise<FleetState>;
  cancelRefresh(): Promise<void>;
  /** Starts a refresh to this version. Returns false if another refresh is in progress. */
  startRollback(version: number): Promise<boolean>;
}

/** The bundles that `up` refuses; see `releaseHoldSchema`. */
export interface Holds {
  add(held: ReleaseHold[number]): Promise<void>;
}

export interface GuardParts {
  fleet: Fleet;
  holds: Holds;
  /** Names of the alarms that cause a rollback. */
  alarms: readonly string[];
  publish: (message: Message) => Promise<void>;
  describe: (rollback: Rollback) => Message;
  wait: (ms: number) => Promise<void>;
  log: (entry: LogEntry) => void;
}

/** How long to wait until a release is cancelled. Usually seconds: starting and terminating machines are not
 *  waited for. */
const cancellationWait = { pauseMs: 5000, maximumReads: 48 };

/** Rolls a release back when one of its alarms fires. Rejects when that is not possible. */
export function createGuard(parts: GuardParts) {
  const { fleet, log } = parts;

  async function rollBack(alarm: FiredAlarm): Promise<void> {
    for (let reads = 1; reads <= cancellationWait.maximumReads; reads += 1) {
      const decision = decide(await fleet.readState(), alarm.at);
      if (decision.do === "nothing") {
        log({ level: "info", msg: "no rollback", because: decision.because, alarm: alarm.name });
        return;
      }
      if (decision.do === "cancel") {
        await fleet.cancelRefresh();
        log({ level: "info", msg: "release cancelled", alarm: alarm.name });
      } else if (decision.do === "start") {
        const { from, to } = decision;
        await hold(from, to, alarm);
        if (!(await fleet.startRollback(to.number))) {
          await parts.wait(cancellationWait.pauseMs);
          continue;
        }
        log({ level: "warn", msg: "release rolled back", from, to, alarm: alarm.name });
        await parts.publish(parts.describe({ from, to, alarm: alarm.name }));
        return;
      }
      await parts.wait(cancellationWait.pauseMs);
    }
    throw new Error(
      `The alarm ${alarm.name} fired, but the release could not be cancelled in time.`,
    );
  }

  /** Otherwise `up --refresh` would find the older version and release the bad bundle again. */
  async function hold(from: Version, to: Version, alarm: FiredAlarm): Promise<void> {
    // A new image or another setting was released with the same bundle: the bundle is not the cause.
    if (from.bundle === undefined || to.bundle === undefined || from.bundle === to.bundle) return;
    try {
      await parts.holds.add({
        bundle: from.bundle,
        runs: to.bundle,
        since: alarm.at.toISOString(),
        by: "the release guard",
        reason: `${alarm.name} fired`,
      });
    } catch (error) {
      // The rollback matters more.
      log({ level: "error", msg: "the bundle was not held", error: String(error) });
    }
  }

  return async ({ Records }: SnsEvent): Promise<void> => {
    for (const { Sns } of Records) {
      const alarm = firedAlarm(Sns.Message, parts.alarms);
      if (alarm === undefined) {
        log({ level: "info", msg: "not an alarm of this release", messageId: Sns.MessageId });
      } else {
        await rollBack(alarm);
      }
    }
  };
}
