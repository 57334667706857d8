import { startChild } from "./child";
import { withoutDigests, type Contestant } from "./contestant";
import { queuefleet } from "./contestants/queuefleet";
import { rawLoop } from "./contestants/raw-loop";
import {
  sqsConsumerBatch,
  sqsConsumerInstances,
  sqsConsumerPerMessage,
} from "./contestants/sqs-consumer";
import { squiss } from "./contestants/squiss";
import { manyQueues } from "./many-queues";
import { type Course, race, type RaceResult } from "./race";
import { report } from "./report";

const contestants = [
  rawLoop,
  queuefleet,
  sqsConsumerPerMessage,
  sqsConsumerBatch,
  squiss,
  // On equal terms.
  ...[rawLoop, sqsConsumerInstances, squiss].map(withoutDigests),
];

/** Of ten jobs one takes 500 ms, the others 10 ms. */
const longEvery = 10;
const mixedSlots = 10;

/** The number of messages that the raw loop's four pollers hold at the same time. */
const noOpSlots = 40;

/** The maximum rate of ten slots: 10 / (0.9 × 10 ms + 0.1 × 500 ms). */
const mixedLimitPerSecond = (1000 * mixedSlots) / (0.9 * 10 + 0.1 * 500);

async function races(): Promise<void> {
  const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
  const server = await startChild("server.mjs");
  const results = new Map<string, RaceResult[]>();
  try {
    for (const delayMs of [0, 20]) {
      const proxy =
        delayMs === 0
          ? server
          : await startChild("delaying-proxy.ts", [String(server.port), String(delayMs)]);
      const endpoints = { endpoint: proxy.endpoint, serverEndpoint: server.endpoint };
      await interleave(
        `no-op, +${delayMs} ms`,
        // The short races vary most when the machine has other load, so they get the most rounds.
        delayMs === 0 ? 3 * rounds : rounds,
        (contestant) => course(endpoints, noOpSlots, noOpJobs(contestant, delayMs)),
        results,
      );
      await interleave(
        `mixed, +${delayMs} ms`,
        Math.ceil(rounds / 2),
        (contestant) => course(endpoints, mixedSlots, mixedJobs(isSlow(contestant) ? 240 : 1200)),
        results,
      );
      if (proxy !== server) proxy.stop();
    }
  } finally {
    server.stop();
  }
  process.stdout.write(
    report(
      results,
      contestants.map(({ name }) => name),
      mixedLimitPerSecond,
    ),
  );
}

/** The contestants take turns, so that other load on the machine affects all of them equally. The first round does
 *  not count. */
async function interleave(
  name: string,
  rounds: number,
  courseFor: (contestant: Contestant) => Course,
  results: Map<string, RaceResult[]>,
): Promise<void> {
  for (let round = 0; round <= rounds; round += 1) {
    for (const contestant of contestants) {
      const isWarmUp = round === 0;
      if (isWarmUp && name.startsWith("mixed")) continue;
      const result = await race(contestant, courseFor(contestant));
      process.stderr.write(
        `${name} ${isWarmUp ? "warm-up" : `round ${round}`} ${contestant.name}: ` +
          `${result.messagesPerSecond.toFixed(0)}/s, ${result.callsPerThousand.toFixed(0)} calls per 1,000\n`,
      );
      if (!isWarmUp) {
        const key = `${name}|${contestant.name}`;
        results.set(key, [...(results.get(key) ?? []), result]);
      }
    }
  }
}

function course(
  endpoints: Pick<Course, "endpoint" | "serverEndpoint">,
  slots: number,
  jobsMs: number[],
): Course {
  return { ...endpoints, slots, jobsMs };
}

/** A consumer that waits for the slowest message of each batch would need minutes for the longer course. */
function isSlow(contestant: Contestant): boolean {
  return contestant.name.startsWith(rawLoop.name) || contestant.waitsForEachBatch === true;
}

function noOpJobs(contestant: Contestant, delayMs: number): number[] {
  const count = delayMs === 0 ? 5000 : contestant.waitsForEachBatch === true ? 400 : 1500;
  return new Array<number>(count).fill(0);
}

/** The same jobs in the same shuffled order in every run. The last fifth of the jobs are short, so that a long job at
 *  the very end, when the other slots have nothing left, does not decide the result. */
function mixedJobs(count: number): number[] {
  const shuffled = count - Math.floor(count / 5);
  const jobs: number[] = Array.from({ length: count }, (_, index) =>
    index < count / longEvery ? 500 : 10,
  );
  let seed = 12_345;
  for (let index = shuffled - 1; index > 0; index -= 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = seed % (index + 1);
    [jobs[index], jobs[other]] = [jobs[other] ?? 10, jobs[index] ?? 10];
  }
  return jobs;
}

const [benchmark, ...sizes] = process.argv.slice(2);
void (benchmark === "many-queues" ? manyQueues(sizes.map(Number)) : races());
