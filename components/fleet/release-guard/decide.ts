import type { FleetState, Refresh, Version } from "./fleet-state";

export type Decision =
  | { do: "cancel" | "start"; from: Version; to: Version }
  | { do: "wait" }
  | { do: "nothing"; because: string };

/** A release that went through is taken back this long; an alarm that fires later has another cause. */
const suspectMs = 10 * 60_000;

/** How far back DescribeInstanceRefreshes goes: six weeks. */
const memoryMs = 42 * 24 * 3_600_000;

const running = ["Pending", "InProgress", "Baking"];

const nothing = (because: string): Decision => ({ do: "nothing", because });

/** What to do about an alarm that fired at a moment: take the newest release back to the last version known to
 *  be good, if that release can be the cause. */
export function decide(state: FleetState, firedAt: Date): Decision {
  const history = new History(state);
  const { newest } = history;
  if (newest === undefined) return nothing("no release is known");
  const { status } = newest;
  if (history.isRollback(newest)) {
    return nothing(`the group was last taken back, to version ${newest.desired}: ${status}`);
  }
  if (newest.startedAt > firedAt) return nothing("the alarm fired before the release began");
  const released = history.versionOf(newest);
  if (released === undefined || released.number !== state.current) {
    return nothing(`the group has version ${state.current}, the release ${released?.number}`);
  }
  if (status.startsWith("Rollback")) return nothing(`AWS takes the release back: ${status}`);
  if (history.isGood(released, firedAt, newest)) {
    return nothing(`version ${released.number} was known to be good before it was refreshed`);
  }
  if (status === "Cancelling") return { do: "wait" };
  const ended = newest.endedAt ?? newest.startedAt;
  if (status === "Successful" && firedAt.getTime() - ended.getTime() > suspectMs) {
    return nothing(`the release ended at ${ended.toISOString()}, too long before the alarm`);
  }
  const to = history.lastGoodBefore(state.current, firedAt);
  if (to === undefined) return nothing("no version before it is known to be good");
  return { do: running.includes(status) ? "cancel" : "start", from: released, to };
}

/** The refreshes, read as what happened to each version. */
class History {
  private readonly versions: Version[];
  readonly newest: Refresh | undefined;

  constructor(private readonly state: FleetState) {
    this.versions = [...state.versions].sort((a, b) => b.number - a.number);
    [this.newest] = [...state.refreshes].sort((a, b) => +b.startedAt - +a.startedAt);
  }

  /** The version that a refresh brought. */
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

  /** Known to be good: a release brought it to all machines, and it was not taken back after that. */
  isGood(version: Version, at: Date, apartFrom?: Refresh): boolean {
    const refreshes = this.state.refreshes.filter((refresh) => refresh !== apartFrom);
    const takenBack = refreshes.some(
      (refresh) => this.isRollback(refresh) && this.newestAt(refresh.startedAt) === version,
    );
    const releases = refreshes.filter(
      (refresh) => !this.isRollback(refresh) && this.versionOf(refresh) === version,
    );
    if (takenBack) return false;
    if (releases.length > 0) return releases.some(({ status }) => status === "Successful");
    // The group began with it, or it is older than what is remembered.
    const begunWith = this.newestAt(this.state.createdAt) === version;
    return begunWith || at.getTime() - version.createdAt.getTime() > memoryMs;
  }

  private newestAt(moment: Date): Version | undefined {
    return this.versions.find(({ createdAt }) => createdAt <= moment);
  }
}
