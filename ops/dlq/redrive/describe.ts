import { isPaused } from "../../estate/mapping-state";
import { table } from "../../cli/output";
import type { Consumer } from "../consumers";
import type { Look } from "../look";
import type { Depth } from "../queues";
import type { RedriveResult } from "./redrive";
import type { Reason } from "./tally";

export interface Subject {
  environment: string;
  /** "watchme/asr" */
  queue: string;
  /** Names of the two queues. */
  from: string;
  to: string;
}

export interface Audit {
  at: string;
  by: string;
  command: string;
  counts: Record<string, number>;
}

export const messages = (count: number): string => `${count} message${count === 1 ? "" : "s"}`;

export function describePlan(
  { environment, queue, from, to }: Subject,
  depth: Depth,
  consumers: readonly Consumer[] | undefined,
): string {
  const paused = (consumers ?? []).filter(({ state }) => isPaused(state));
  const lines = [
    `Redrive of ${queue} ${environment}`,
    `  from  ${from}: about ${messages(depth.waiting)}`,
    `  to    ${to}`,
    ...(depth.inFlight === 0
      ? []
      : [
          `  Hidden: about ${messages(depth.inFlight)} more, which somebody else has received, or a run that was killed. The redrive waits for them up to a minute.`,
        ]),
    ...paused.map(
      ({ functionName }) =>
        `  ${functionName} is paused (its event source mapping is disabled): until it is enabled, the messages wait in the queue. They do not use up their receives.`,
    ),
    "",
  ];
  return lines.join("\n");
}

export function describeLook({ depth, looked, reasons }: Look): string {
  if (looked === 0) {
    return depth.waiting + depth.inFlight === 0
      ? "The dead-letter queue is empty.\n"
      : "No message could be received now.\n";
  }
  const rows = reasons.map(({ reason, count, oldest, newest, ids }) => [
    String(count),
    reason ?? "no reason: SQS moved it here after its last receive",
    oldest.toISOString(),
    newest.toISOString(),
    ids[0] ?? "",
  ]);
  return [
    looked < depth.waiting ? `${looked} of them, by reason:` : `${messages(looked)} by reason:`,
    table(["count", "reason", "oldest", "newest", "id of one"], rows),
    "",
    "The look counts as one receive of these messages. They are visible again.",
    "",
  ].join("\n");
}

export function describeResult(
  result: RedriveResult,
  { from, to, seconds }: Subject & { seconds: number },
): string {
  const { moved, sentBefore, notMoved, movedNotDeleted, perhapsTwice, cameLater } = result;
  const rows: [string, number, string][] = [
    ["moved", moved, ""],
    ["not moved", notMoved, notMoved === 0 ? "" : "they are still in the dead-letter queue"],
    [
      "moved, but not deleted",
      movedNotDeleted,
      movedNotDeleted === 0
        ? ""
        : "they are in both queues; the next run on this machine only deletes them",
    ],
  ];
  const more: [string, number, string][] = [
    ["sent by a run before", sentBefore, "these were only deleted"],
    ["perhaps twice", perhapsTwice, "a call ended without an answer, so it was repeated"],
    ["came later", cameLater, "left in the dead-letter queue: has the cause been repaired?"],
    ["hidden", result.heldElsewhere, "somebody else has received them, and they did not come back"],
  ];
  const { reasons } = result;
  const lines = [
    table(
      ["messages", "", ""],
      [...rows, ...more.filter(([, count]) => count > 0)].map(([what, count, note]) => [
        what,
        String(count),
        note,
      ]),
    ),
    ...describeReasons("Not moved", reasons.notMoved),
    ...describeReasons("Moved, but not deleted", reasons.movedNotDeleted),
    "",
    ...(result.stopped === undefined ? [] : [`Stopped: ${result.stopped}.`]),
    `${messages(moved)} moved from ${from} to ${to} in ${seconds.toFixed(1)} s (${Math.round(moved / seconds)} a second). About ${result.left} left.`,
    ...(isComplete(result) ? [] : ["Run the same command again to go on. Nothing is lost."]),
  ];
  return lines.join("\n");
}

/** Whether everything that was asked for has moved. */
export const isComplete = ({
  notMoved,
  movedNotDeleted,
  heldElsewhere,
  stopped,
}: RedriveResult): boolean =>
  notMoved + movedNotDeleted + heldElsewhere === 0 && stopped === undefined;

export const describeAudit = ({ at, by, command, counts }: Audit): string =>
  `Audit: ${at} ${by} ${command}: ${Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ")}`;

function describeReasons(title: string, reasons: readonly Reason[]): string[] {
  if (reasons.length === 0) return [];
  const rows = reasons.map(({ reason, count, ids }) => [String(count), reason, ids[0] ?? ""]);
  return ["", table([title, "reason", "id of one"], rows)];
}
