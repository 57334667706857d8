import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Command } from "commander";
import { exitCodes } from "../../contracts/exit-codes";
import { assertConfirmed, print, printJson, progress } from "../cli/output";
import { commonOptions, type CommonOptions } from "../cli/system-arguments";
import { untilStopped } from "../cli/until-stopped";
import { wholeNumber } from "../cli/whole-number";
import { Queue, queueClient } from "../dlq/queues";
import { deployedQueue } from "../estate/queue-of";
import { readBodies } from "../load-test/bodies";
import { newBurst } from "../load-test/burst";
import { describePlan, describeResult } from "../load-test/describe";
import { runLoadTest, type LoadTestResult } from "../load-test/load-test";
import { RunLog } from "../load-test/run-log";
import { workersOf } from "../load-test/workers";

interface LoadTestOptions extends CommonOptions {
  messages: number;
  groups: number;
  rate?: number;
  bodies?: string;
  wait: number;
  dryRun?: boolean;
  yes?: boolean;
}

/** The clocks of SQS and of the workers may differ a little. */
const marginMs = 60_000;

export function addLoadTest(program: Command, ended: (code: number) => void): void {
  commonOptions(
    program
      .command("load-test")
      .description("Send many messages at once, and measure how the worker of a queue copes")
      .argument("<environment>", "stack, such as dev or prod")
      .argument("<queue>", "system/key, such as watchme/asr, or the queue's name"),
  )
    .option("--messages <n>", "how many", wholeNumber({ min: 1, max: 10_000 }), 100)
    .option(
      "--groups <n>",
      "over how many message groups",
      wholeNumber({ min: 1, max: 10_000 }),
      10,
    )
    .option(
      "--rate <n>",
      "at most so many a second (default: as fast as it can)",
      wholeNumber({ min: 1, max: 10_000 }),
    )
    .option(
      "--bodies <file>",
      "REAL WORK: send the lines of this file, one message in JSON each, instead of test messages",
    )
    .option("--wait <minutes>", "how long they may take", wholeNumber({ min: 1, max: 720 }), 15)
    .option("--dry-run", "show what would be done, and do nothing")
    .option("-y, --yes", "do not ask")
    .addHelpText(
      "after",
      "\nExample:\n  ops load-test dev watchme/asr --messages 1000 --dry-run\n  ops load-test dev watchme/asr --messages 1000 --yes\n",
    )
    .action(async (environment: string, queue: string, options: LoadTestOptions) => {
      ended(await loadTest(environment, queue, options));
    });
}

async function loadTest(
  environment: string,
  name: string,
  options: LoadTestOptions,
): Promise<number> {
  const { local = false, json = false, dryRun = false, yes = false } = options;
  const { messages: count, groups, rate: perSecond, wait: waitMinutes } = options;
  const lines = options.bodies === undefined ? undefined : readBodies(options.bodies);
  const deployed = await deployedQueue(environment, name, { local });
  const { outputs, access, key, queue: pair } = deployed;
  const client = queueClient(access);
  const queue = new Queue(client, pair.url);
  const [workers, depth] = await Promise.all([workersOf(deployed), queue.depth()]);
  const bodies = lines?.slice(0, count);
  const burst = newBurst({ count, groups, bodies, isFifo: queue.isFifo });
  const log = new RunLog(
    new CloudWatchLogsClient(access),
    workers.logGroups,
    burst.run,
    depth.at.getTime() - marginMs,
  );
  // What may not be read is said before anything is sent.
  await log.read();

  const subject = {
    environment,
    queue: `${outputs.system}/${key}`,
    name: pair.name,
    deadLetterQueue: pair.deadLetter.name,
  };
  const leftOut = (lines?.length ?? 0) - (bodies?.length ?? 0);
  const { run, isRealWork } = burst;
  const plan = { run, messages: burst.messages.length, groups: burst.groups, isRealWork };
  if (!json) {
    print(describePlan(subject, { burst, workers, depth, perSecond, waitMinutes, leftOut }));
  }
  if (dryRun) {
    if (json) printJson({ dryRun, ...subject, ...plan, leftOut, depth, worker: workers.names });
    return exitCodes.success;
  }
  const what = isRealWork ? "REAL messages" : "test messages";
  await assertConfirmed(`Send ${burst.messages.length} ${what} to ${pair.name}?`, { yes });
  const result = await untilStopped((signal) =>
    runLoadTest(burst, {
      ...{ queue, log, perSecond, signal, progress },
      deadLetterQueue: new Queue(client, pair.deadLetter.url),
      waitMs: waitMinutes * 60_000,
    }),
  );
  if (json) printJson({ dryRun, ...subject, ...plan, ...result });
  else print(describeResult(result, subject));
  return codeOf(result);
}

function codeOf({ ok, end }: LoadTestResult): number {
  if (ok) return exitCodes.success;
  return end === "stopped" ? exitCodes.cancelled : exitCodes.error;
}
