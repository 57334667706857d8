import type { LogEntry } from "../../function/handler-parts";
import type { SnsEvent } from "../../function/sns-event";
import { firedAlarm, type FiredAlarm } from "./alarm";
import { decide } from "./decide";
import type { FleetState } from "./fleet-state";
import type { Message, TakenBack } from "./message";

/** The group, as Auto Scaling has it. */
export interface Fleet {
  look(): Promise<FleetState>;
  cancelRefresh(): Promise<void>;
  /** Starts a refresh that brings this version; answers whether it did, or another one is under way. */
  bringBack(version: number): Promise<boolean>;
}

export interface GuardParts {
  fleet: Fleet;
  /** Names of the alarms that a release is taken back for. */
  alarms: readonly string[];
  publish: (message: Message) => Promise<void>;
  describe: (takenBack: TakenBack) => Message;
  wait: (ms: number) => Promise<void>;
  log: (entry: LogEntry) => void;
}

/** Cancelling takes seconds, because what is just being started or ended is not waited for. */
const patience = { lookEveryMs: 5000, looks: 48 };

/** Takes a release back when its alarms fire. Rejects when it could not. */
export function createGuard(parts: GuardParts) {
  const { fleet, log } = parts;

  async function takeBack(alarm: FiredAlarm): Promise<void> {
    for (let look = 1; look <= patience.looks; look += 1) {
      const decision = decide(await fleet.look(), alarm.at);
      if (decision.do === "nothing") {
        log({ level: "info", msg: "left as it is", because: decision.because, alarm: alarm.name });
        return;
      }
      if (decision.do === "cancel") {
        await fleet.cancelRefresh();
        log({ level: "info", msg: "release cancelled", alarm: alarm.name });
      } else if (decision.do === "start" && (await fleet.bringBack(decision.to.number))) {
        const { from, to } = decision;
        log({ level: "warn", msg: "release taken back", from, to, alarm: alarm.name });
        await parts.publish(parts.describe({ from, to, alarm: alarm.name }));
        return;
      }
      await parts.wait(patience.lookEveryMs);
    }
    throw new Error(`The release that ${alarm.name} fired for is still not cancelled.`);
  }

  return async ({ Records }: SnsEvent): Promise<void> => {
    for (const { Sns } of Records) {
      const alarm = firedAlarm(Sns.Message, parts.alarms);
      if (alarm === undefined) {
        log({ level: "info", msg: "not an alarm of a release", messageId: Sns.MessageId });
      } else {
        await takeBack(alarm);
      }
    }
  };
}
