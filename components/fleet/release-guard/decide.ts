import type { FleetState, Refresh, Version } from "./fleet-state";

export type Decision =
  | { do: "cancel" | "start"; from: Version; to: Version }
  | { do: "wait" }
  | { do: "nothing"; because: string };

/** A release that succeeded is rolled back only within this time. A later alarm has another cause. */
const rollbackWindowMs = 10 * 60_000;

/** DescribeInstanceRefreshes returns the refreshes of the last six weeks. */
const refreshHistoryMs = 42 * 24 * 3_600_000;

const running = ["Pending", "InProgress", "Baking"];

const nothing = (because: string): Decision => ({ do: "nothing", because });

/** What to do about an alarm that fired: if the newest release can be the cause, roll back to the last version that
 *  is known to be good. */
export function decide(state: FleetState, firedAt: Date): Decision {
  const history = new History(state);
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

/** What happened to each version, according to the refreshes. */
class History {
  private readonly versions: Version[];
  readonly newest: Refresh | undefined;

  constructor(private readonly state: FleetState) {
    this.versions = [...state.versions].sort((a, b) => b.number - a.number);
    [this.newest] = [...state.refreshes].sort((a, b) => +b.startedAt - +a.startedAt);
  }

  /** The version that a refresh installed. */
  versionOf({ desired, startedAt }: Refresh): Version | undefined {
    return desired === undefined
      ? this.newestAt(startedAt)
      : this.versions.find(({ number }) => number === desired);
  }

  isRollback({ desired, startedAt }: Refresh): boolean {
    return desired !== undefined && desired < (this.newestAt(startedAt)?.number ?? 0);
  }

  lastGoodBefore(number: number, at: Date): Version | undefined {
    return this.versions.find((version) => version.number < number && this.isGood(version, at));
  }

  /** Known to be good: a release installed it on all machines, and it was not rolled back after that. */
  isGood(version: Version, at: Date, except?: Refresh): boolean {
    const refreshes = this.state.refreshes.filter((refresh) => refresh !== except);
    const rolledBack = refreshes.some(
      (refresh) => this.isRollback(refresh) && this.newestAt(refresh.startedAt) === version,
    );
    const releases = refreshes.filter(
      (refresh) => !this.isRollback(refresh) && this.versionOf(refresh) === version,
    );
    if (rolledBack) return false;
    if (releases.length > 0) return releases.some(({ status }) => status === "Successful");
    // It is the group's first version, or older than the known refreshes.
    const isFirst = this.newestAt(this.state.createdAt) === version;
    return isFirst || at.getTime() - version.createdAt.getTime() > refreshHistoryMs;
  }

  private newestAt(moment: Date): Version | undefined {
    return this.versions.find(({ createdAt }) => createdAt <= moment);
  }
}
