import { table } from "../../cli/output";
import { passes, type FunctionCheck, type QueueOutcome } from "./check-function";

export interface CheckSubject {
  environment: string;
  system: string;
  hasMessageCheck: boolean;
}

const words: Record<QueueOutcome["outcome"], string> = {
  received: "yes",
  "not received": "no",
  paused: "paused, not checked",
  "not sent": "not checked",
};

/** The table, the reasons of what failed, and one closing line. */
export function describeChecks(
  checks: readonly FunctionCheck[],
  { environment, system, hasMessageCheck }: CheckSubject,
): string {
  const rows = checks.map(({ key, version, check, messages }) => [
    key,
    String(version ?? ""),
    check.answers ? "yes" : "no",
    received(messages),
  ]);
  const works = messagesWith(checks, "received").length;
  const paused = messagesWith(checks, "paused").length;
  const failed = checks.filter((one) => !passes(one)).map(({ key }) => key);
  const sent = hasMessageCheck
    ? [
        `${count(works, "test message")} received`,
        ...(paused === 0 ? [] : [`${count(paused, "queue")} paused and not checked`]),
      ]
    : [`${system} has no message check, so no message was sent`];
  return [
    table(["function", "version", "answers", "message received"], rows),
    "",
    ...checks.flatMap(faults),
    failed.length === 0
      ? `${count(checks.length, "function")} of ${system} ${environment}: all checks passed, ${sent.join(", ")}.`
      : `${failed.length} of ${count(checks.length, "function")} of ${system} ${environment} failed: ${failed.join(", ")}; ${sent.join(", ")}.`,
  ].join("\n");
}

const count = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? "" : "s"}`;

const messagesWith = (checks: readonly FunctionCheck[], outcome: QueueOutcome["outcome"]) =>
  checks.flatMap(({ messages }) => messages.filter((one) => one.outcome === outcome));

const received = (messages: readonly QueueOutcome[]): string =>
  messages.length === 0
    ? "works on no queue"
    : messages
        .map(({ queue, outcome }) =>
          messages.length === 1 ? words[outcome] : `${queue}: ${words[outcome]}`,
        )
        .join("; ");

function faults({
  key,
  version,
  check,
  messages,
  logGroupName,
  rolledBackTo,
}: FunctionCheck): string[] {
  const lines = [
    ...(check.answers ? [] : [`${key} does not answer the check: ${check.fault}`]),
    ...messages.flatMap((message) =>
      message.outcome === "not received"
        ? [`${key}: no message through ${message.queue}: ${message.fault}`]
        : [],
    ),
    ...(rolledBackTo === undefined
      ? []
      : [`${key} was rolled back from version ${version} to version ${rolledBackTo}.`]),
  ];
  return lines.length === 0 ? [] : [...lines, `  Its log: ${logGroupName}`, ""];
}
