import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { z } from "zod";
import { deadLetterAttributes, s3EventSchema } from "../../contracts/messages";
import { workerLogMessages } from "../../contracts/worker-log-messages";
import type { FileSearchRun } from "./run";

export function queueOf(run: FileSearchRun) {
  const queue = run.get("system").queues.files;
  if (queue === undefined) throw new Error(`The system's output has no queue "files".`);
  return queue;
}

const queueContentSchema = z.object({
  messages: z.record(
    z.string(),
    z.record(
      z.string(),
      z.record(
        z.string(),
        z.array(
          z.object({
            Body: z.string(),
            MessageAttributes: z.record(
              z.string(),
              z.object({ StringValue: z.string().optional() }),
            ),
          }),
        ),
      ),
    ),
  ),
});

/** The reason for every message in the dead-letter queue, by object key. Read through the cloud's own API, because
 *  receiving would hide the messages and increase their receive counts. */
export async function deadLetterReasons(
  run: FileSearchRun,
  queueUrl: string,
): Promise<Map<string, string>> {
  const { endpoint, accountId } = run.cloud;
  const url = new URL("/_ministack/sqs/messages", endpoint);
  url.searchParams.set("account", accountId);
  url.searchParams.set("QueueUrl", queueUrl);
  const content = queueContentSchema.parse(await (await fetch(url)).json());
  const messages = Object.values(content.messages)
    .flatMap((regions) => Object.values(regions))
    .flatMap((queues) => Object.values(queues).flat());
  return new Map(
    messages.flatMap(({ Body, MessageAttributes }) => {
      const reason = MessageAttributes[deadLetterAttributes.reason]?.StringValue ?? "no reason";
      return s3EventSchema
        .parse(JSON.parse(Body))
        .Records.map(({ s3 }) => [decodeKey(s3.object.key), reason] as const);
    }),
  );
}

/** Keys in S3 events are URL-encoded, spaces as "+". */
const decodeKey = (key: string) => decodeURIComponent(key.replaceAll("+", " "));

export async function indexedKeys(run: FileSearchRun): Promise<Set<string>> {
  const { rows } = await run.database.query<{ key: string }>(
    "select key from documents where removed_at is null",
  );
  return new Set(rows.map(({ key }) => key));
}

/** Whether the worker has created its tables yet. */
export async function indexExists(run: FileSearchRun): Promise<boolean> {
  const { rows } = await run.database.query<{ exists: boolean }>(
    "select to_regclass('documents') is not null as exists",
  );
  return rows[0]?.exists ?? false;
}

/** How often one of these messages was logged about each file, according to the log group. */
async function timesLogged(
  run: FileSearchRun,
  messages: readonly string[],
): Promise<Map<string, number>> {
  const logGroupName = run.get("system").fleets.workers?.logGroupName;
  const client = new CloudWatchLogsClient(run.client());
  const times = new Map<string, number>();
  for await (const page of paginateFilterLogEvents({ client }, { logGroupName })) {
    for (const { message = "" } of page.events ?? []) {
      const line = logLineSchema.safeParse(parseLine(message));
      if (line.success && messages.includes(line.data.msg))
        times.set(line.data.key, (times.get(line.data.key) ?? 0) + 1);
    }
  }
  client.destroy();
  return times;
}

/** Keys of the objects that the worker skipped, according to its log. */
export const skippedKeys = (run: FileSearchRun): Promise<Map<string, number>> =>
  timesLogged(run, [workerLogMessages.objectSkipped]);

/** How often each file was indexed, according to the worker's log. */
export const timesIndexed = (run: FileSearchRun): Promise<Map<string, number>> =>
  timesLogged(run, [workerLogMessages.objectIndexed, workerLogMessages.objectIndexedBefore]);

const logLineSchema = z.object({
  key: z.string(),
  msg: z.string(),
});

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
