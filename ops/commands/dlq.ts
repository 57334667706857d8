import { join } from "node:path";
import type { Command } from "commander";
import { exitCodes } from "../../contracts/exit-codes";
import { userStateFolder } from "../../contracts/state-folder";
import { OpsError } from "../cli/fault";
import { assertConfirmed, print, printJson, progress } from "../cli/output";
import { commonOptions, type CommonOptions } from "../cli/system-arguments";
import { wholeNumber } from "../cli/whole-number";
import { consumersOf } from "../dlq/consumers";
import { look, type Look } from "../dlq/look";
import { Queue, queueClient } from "../dlq/queues";
import {
  describeAudit,
  describeLook,
  describePlan,
  describeResult,
  isComplete,
  messages,
  type Audit,
} from "../dlq/redrive/describe";
import { redrive, type RedriveResult } from "../dlq/redrive/redrive";
import { SentRecord } from "../dlq/redrive/sent-record";
import { callerOf } from "../estate/access";
import { deployedQueue } from "../estate/queue-of";
import { untilStopped } from "../cli/until-stopped";

interface RedriveOptions extends CommonOptions {
  limit?: number;
  rate?: number;
  dryRun?: boolean;
  yes?: boolean;
}

const positive = wholeNumber({ min: 1, max: 9_999_999 });

export function addDlq(program: Command, ended: (code: number) => void): void {
  const group = program.command("dlq").description("Work with dead-letter queues");
  commonOptions(
    group
      .command("redrive")
      .description("Move the messages of a dead-letter queue back to their queue")
      .argument("<environment>", "stack, such as dev or prod")
      .argument("<queue>", "system/key, such as watchme/asr, or the queue's name"),
  )
    .option("--limit <n>", "move at most so many messages", positive)
    .option("--rate <n>", "move at most so many messages a second", positive)
    .option("--dry-run", "show what would be done, and do nothing")
    .option("-y, --yes", "do not ask")
    .addHelpText(
      "after",
      "\nExample:\n  ops dlq redrive prod watchme/asr --dry-run\n  ops dlq redrive prod watchme/asr --yes\n",
    )
    .action(async (environment: string, queue: string, options: RedriveOptions) => {
      ended(await runRedrive(environment, queue, options));
    });
}

async function runRedrive(
  environment: string,
  name: string,
  options: RedriveOptions,
): Promise<number> {
  const { local = false, json = false, dryRun = false, yes = false, limit, rate } = options;
  const { outputs, access, key, queue } = await deployedQueue(environment, name, { local });
  const client = queueClient(access);
  const from = new Queue(client, queue.deadLetter.url);
  const to = new Queue(client, queue.url);
  assertSameKind(from, to);
  const subject = {
    environment,
    queue: `${outputs.system}/${key}`,
    from: queue.deadLetter.name,
    to: queue.name,
  };

  const [seen, consumers, caller] = await Promise.all([
    yes && !dryRun ? notLooked(from) : look(from),
    consumersOf(access, queue.arn),
    callerOf(access),
  ]);
  if (!json) print(describePlan(subject, seen.depth, consumers));
  if (!json && (dryRun || !yes)) print(describeLook(seen));
  if (dryRun) {
    if (json) printJson({ dryRun: true, ...subject, ...seen, consumers });
    return exitCodes.success;
  }
  const count = Math.min(limit ?? Infinity, seen.depth.waiting);
  await assertConfirmed(`Move about ${messages(count)} to ${subject.to}?`, { yes });

  const began = Date.now();
  const record = SentRecord.open(
    join(userStateFolder(process.env), "redrive.sqlite"),
    `${queue.deadLetter.arn} ${queue.arn}`,
    (reason) =>
      progress(`What was sent is not recorded: ${reason}. After a kill, more may be sent twice.`),
  );
  const result = await untilStopped((signal) =>
    redrive({ from, to, record, progress, signal, limit, perSecond: rate }),
  );
  record.close();
  const seconds = (Date.now() - began) / 1000;
  const audit = auditOf(result, caller.arn, `ops dlq redrive ${environment} ${subject.queue}`);
  if (json) printJson({ dryRun: false, ...subject, ...result, seconds, audit });
  else print(`${describeResult(result, { ...subject, seconds })}\n${describeAudit(audit)}`);
  return codeOf(result);
}

/** Whoever has decided already need not touch the messages for a look. */
const notLooked = async (from: Queue): Promise<Look> => ({
  depth: await from.depth(),
  looked: 0,
  reasons: [],
});

function assertSameKind(from: Queue, to: Queue): void {
  if (from.isFifo === to.isFifo) return;
  throw new OpsError(
    `${from.url} and ${to.url} are not of the same kind: both must be FIFO queues, or both standard queues.`,
    exitCodes.configuration,
  );
}

const auditOf = (
  { moved, notMoved, movedNotDeleted }: RedriveResult,
  by: string,
  command: string,
): Audit => ({
  at: new Date().toISOString(),
  by,
  command,
  counts: { moved, "not moved": notMoved, "moved but not deleted": movedNotDeleted },
});

function codeOf(result: RedriveResult): number {
  if (isComplete(result)) return exitCodes.success;
  return result.wasToldToStop ? exitCodes.cancelled : exitCodes.error;
}
