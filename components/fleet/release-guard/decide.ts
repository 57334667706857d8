import { ReleaseHistory, type FleetState, type Version } from "../../../contracts/release-history";

export type Decision =
  | { do: "cancel" | "start"; from: Version; to: Version }
  | { do: "wait" }
  | { do: "nothing"; because: string };

/** A release that succeeded is rolled back only within this time. A later alarm has another cause. */
const rollbackWindowMs = 10 * 60_000;

const running = ["Pending", "InProgress", "Baking"];

const nothing = (because: string): Decision => ({ do: "nothing", because });

/** What to do about an alarm that fired: if the newest release can be the cause, roll back to the last version that
 *  is known to be good. */
export function decide(state: FleetState, firedAt: Date): Decision {
  const history = new ReleaseHistory(state);
  const { newest } = history;
  if (newest === undefined) return nothing("no release is known");
  const { status } = newest;
  if (history.isRollback(newest)) {
    return nothing(`the last refresh was a rollback to version ${newest.desired}: ${status}`);
  }
  if (newest.startedAt > firedAt) return nothing("the alarm fired before the release began");
  const released = history.versionOf(newest);
  if (released === undefined || released.number !== state.current) {
    return nothing(
      `the group has version ${state.current}, but the last release has version ${released?.number}`,
    );
  }
  if (status.startsWith("Rollback")) return nothing(`AWS rolls the release back: ${status}`);
  if (history.isGood(released, firedAt, newest)) {
    return nothing(`version ${released.number} was known to be good before this refresh`);
  }
  if (status === "Cancelling") return { do: "wait" };
  const ended = newest.endedAt ?? newest.startedAt;
  if (status === "Successful" && firedAt.getTime() - ended.getTime() > rollbackWindowMs) {
    return nothing(`the release ended at ${ended.toISOString()}, too long before the alarm`);
  }
  const to = history.lastGoodBefore(state.current, firedAt);
  if (to === undefined) return nothing("no version before it is known to be good");
  return { do: running.includes(status) ? "cancel" : "start", from: released, to };
}
