import { activityOf } from "./mapping-concurrency";
import { notKnown, readFlag } from "./unknown-values";
import type { FunctionWorker } from "./workers";

/** What a mapping takes of its function's reserved concurrency. */
export interface Share {
  calls: number;
  text: string;
  taken: Taken;
}

/** Whether a share is taken all the time, or for itself but perhaps not together with others, or perhaps never. */
export type Taken =
  { kind: "always" } | { kind: "alone"; why: string } | { kind: "perhaps"; why: string };

export function takenBy({ resource: mapping, queue, isOnQueue }: FunctionWorker): Taken {
  const activity = activityOf(mapping);
  if (activity === notKnown) return { kind: "perhaps", why: "enabled is not known yet" };
  if (isOnQueue === notKnown && queue.kind === "unknown") {
    return { kind: "perhaps", why: queue.why };
  }
  if (activity !== "switched elsewhere") return { kind: "always" };
  return {
    kind: readFlag(mapping, "enabled") === false ? "perhaps" : "alone",
    why: "the program ignores changes of enabled, so what enables it must not enable too many together",
  };
}

/** The shares that are certainly taken at the same time, at some time. */
export function takenTogether(shares: Share[]): Share[] {
  const always = shares.filter(({ taken }) => taken.kind === "always");
  const [largest] = shares
    .filter(({ taken }) => taken.kind === "alone")
    .sort((one, other) => other.calls - one.calls);
  return largest === undefined ? always : [...always, largest];
}

export const callsOf = (shares: Share[]) => shares.reduce((total, { calls }) => total + calls, 0);
