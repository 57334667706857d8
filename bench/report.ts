import Table from "cli-table3";
import { median, type RaceResult } from "./race";

interface Aim {
  text: string;
  actual: number;
  isMet: boolean;
}

/** Medians, ratios of medians, and whether the targets are met. */
export function report(
  results: ReadonlyMap<string, RaceResult[]>,
  contestants: string[],
  mixedLimitPerSecond: number,
): string {
  const courses = [...new Set([...results.keys()].map((key) => key.split("|")[0] ?? ""))];
  const of = (course: string, contestant: string, field: keyof RaceResult) =>
    median((results.get(`${course}|${contestant}`) ?? []).map((result) => result[field]));

  const tables = courses.map((course) => {
    const isMixed = course.startsWith("mixed");
    const table = new Table({
      head: [
        course,
        "messages/s",
        isMixed ? "of the limit" : "queuefleet ÷ this",
        "calls per 1,000",
        "delete latency p50",
      ],
      colAligns: ["left", "right", "right", "right", "right"],
      style: { head: [], border: [] },
    });
    for (const contestant of contestants) {
      const rate = of(course, contestant, "messagesPerSecond");
      const ratio = isMixed
        ? rate / mixedLimitPerSecond
        : of(course, "queuefleet", "messagesPerSecond") / rate;
      table.push([
        contestant,
        rate.toFixed(0),
        ratio.toFixed(2),
        of(course, contestant, "callsPerThousand").toFixed(0),
        `${of(course, contestant, "deleteLatencyMs").toFixed(0)} ms`,
      ]);
    }
    return table.toString();
  });

  const aims = courses.flatMap((course) => {
    const ours = of(course, "queuefleet", "messagesPerSecond");
    const calls = of(course, "queuefleet", "callsPerThousand");
    const speed = course.startsWith("mixed")
      ? [
          atLeast(
            `${course}: share of the maximum rate of the slots`,
            ours / mixedLimitPerSecond,
            0.95,
          ),
        ]
      : [
          atLeast(
            `${course}: ÷ raw SDK loop`,
            ours / of(course, contestants[0] ?? "", "messagesPerSecond"),
            0.9,
          ),
          atLeast(
            `${course}: ÷ sqs-consumer per message`,
            ours / of(course, "sqs-consumer, per message", "messagesPerSecond"),
            2,
          ),
        ];
    return [...speed, atMost(`${course}: SQS calls per 1,000 messages`, calls, 220)];
  });
  const lines = aims.map(
    ({ text, actual, isMet }) => `${isMet ? "met   " : "MISSED"}  ${text}: ${actual.toFixed(2)}`,
  );
  return `${tables.join("\n\n")}\n\nAims\n${lines.join("\n")}\n`;
}

function atLeast(what: string, actual: number, aim: number): Aim {
  return { text: `${what} (aim ≥ ${aim})`, actual, isMet: actual >= aim };
}

function atMost(what: string, actual: number, aim: number): Aim {
  return { text: `${what} (aim ≤ ${aim})`, actual, isMet: actual <= aim };
}
