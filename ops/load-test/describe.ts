import { table } from "../cli/output";
import type { Depth } from "../dlq/queues";
import { messages } from "../dlq/redrive/describe";
import type { Burst } from "./burst";
import type { Latency } from "./latency";
import type { LoadTestResult, Reason } from "./load-test";
import type { Workers } from "./workers";

export interface LoadTestSubject {
  environment: string;
  /** "watchme/asr" */
  queue: string;
  /** The queue's own name. */
  name: string;
  deadLetterQueue: string;
}

export interface LoadTestPlan {
  burst: Burst;
  workers: Workers;
  depth: Depth;
  perSecond: number | undefined;
  waitMinutes: number;
  /** Messages of the file that are not sent. */
  leftOut: number;
}

export function describePlan(
  { environment, queue, name }: LoadTestSubject,
  { burst, workers, depth, perSecond, waitMinutes, leftOut }: LoadTestPlan,
): string {
  const { waiting, inFlight, delayed } = depth;
  const count = messages(burst.messages.length);
  const rate = perSecond === undefined ? "as fast as it can" : `${perSecond} a second`;
  return [
    `Load test of ${queue} ${environment}`,
    `  to       ${name}, where ${messages(waiting)} ${waiting === 1 ? "waits" : "wait"} now, ${inFlight} in flight, ${delayed} delayed`,
    `  worker   ${workers.names.join(", ")}`,
    `  sends    ${count} in ${burst.groups} message group${burst.groups === 1 ? "" : "s"}, ${rate}`,
    ...(burst.isRealWork
      ? [
          `  REAL WORK: these are real messages, in the order of the file. The worker does everything that they ask for.`,
          ...(leftOut === 0
            ? []
            : [
                `           ${messages(leftOut)} more of the file ${leftOut === 1 ? "is" : "are"} not sent: see --messages.`,
              ]),
        ]
      : [
          `           They are test messages, for which the worker does no work.`,
          ...(workers.hasFleet
            ? [
                `           Machines with a bundle from before \`ops load-test\` do not know them, and dead-letter them.`,
              ]
            : []),
        ]),
    `  waits    up to ${waitMinutes} minute${waitMinutes === 1 ? "" : "s"} until they are done`,
    `  run      ${burst.run}`,
    "",
  ].join("\n");
}

const unknown = "not known";

export function describeResult(
  result: LoadTestResult,
  { name, deadLetterQueue }: LoadTestSubject,
): string {
  const { sent, latencySeconds, groups, deadLettered, measuredBy, unfinished } = result;
  const hasLog = measuredBy === "logs";
  const rows: [string, string][] = [
    ["sent", `${sent.count} in ${seconds(sent.seconds)} (${Math.round(sent.perSecond)} a second)`],
    ...row("not sent", sent.notSent),
    ["done", String(result.done ?? unknown)],
    ["drained in", result.drainedSeconds === undefined ? unknown : seconds(result.drainedSeconds)],
    ...latencyRows(latencySeconds),
    ...(groups === undefined
      ? []
      : [
          [
            `p90 of ${groups.count} groups`,
            `${seconds(groups.lowestP90)} to ${seconds(groups.highestP90)}`,
          ] as [string, string],
        ]),
    ["failed attempts", String(result.failedAttempts ?? unknown)],
    [
      "dead-lettered",
      `${deadLettered.count}${deadLettered.count === 0 ? "" : ` (read in ${deadLetterQueue}: ${deadLettered.seen})`}${deadLettered.mayBeMore ? "; there may be more, because not all of that queue could be read" : ""}`,
    ],
    ["not finished", String(unfinished ?? unknown)],
  ];
  return [
    table(["load test", result.run], rows),
    ...reasons("Not sent", sent.reasons),
    ...reasons("Failed attempts", result.reasons),
    "",
    ...(hasLog || sent.count === 0
      ? []
      : [
          "The worker's log says nothing of this run, so only the queue's counts are known, which may be a minute old. A worker of an older release does not write it: deploy the system again.",
        ]),
    ...leftWithoutLine(result, name),
    closing(result, name),
  ].join("\n");
}

const latencyRows = (latency: Latency | undefined): [string, string][] =>
  latency === undefined
    ? [["latency", unknown]]
    : (["p50", "p90", "p99", "max"] as const).map((which) => [
        `latency ${which}`,
        seconds(latency[which]),
      ]);

const seconds = (number: number): string => `${number.toFixed(number < 10 ? 2 : 1)} s`;

const row = (name: string, count: number): [string, string][] =>
  count === 0 ? [] : [[name, String(count)]];

const reasons = (title: string, some: readonly Reason[]): string[] =>
  some.length === 0
    ? []
    : [
        "",
        table(
          [title, "reason"],
          some.map(({ reason, count }) => [String(count), reason]),
        ),
      ];

/** A call that is killed or cannot start writes nothing about its messages. */
function leftWithoutLine({ end, unfinished = 0 }: LoadTestResult, name: string): string[] {
  return end === "nothing more to see" && unfinished > 0
    ? [`${name} is empty, but the log does not say how ${messages(unfinished)} ended.`]
    : [];
}

function closing({ ok, end, sent, after }: LoadTestResult, name: string): string {
  const left = `${name} has ${after.waiting} waiting, ${after.inFlight} in flight, ${after.delayed} delayed.`;
  if (end === "stopped") {
    return `Stopped: ${messages(sent.count)} sent, and they stay sent. ${left}`;
  }
  if (ok) return `Passed: ${messages(sent.count)} sent, all done without a failed attempt. ${left}`;
  return `Failed: see the rows above that should be 0${end === "time" ? "; the time to wait is over" : ""}. ${left}`;
}
