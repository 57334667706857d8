import type { SQSClient } from "@aws-sdk/client-sqs";
import type { S3Event } from "aws-lambda";
import { z } from "zod";
import { jsonIn } from "../../contracts/json-in";
import {
  features,
  recordingDeduplicationId,
  recordingKey,
  recordingMessageSchema,
  type Feature,
  type RecordingMessage,
} from "../../contracts/watchme";
import type { Log } from "../job/log";
import { sqsClient, ssmClient } from "../lambda/clients";
import { functionEntry } from "../lambda/entry";
import { databaseVariables, queueUrl, readVariables } from "../lambda/environment";
import { functionLog } from "../lambda/log";
import { parseS3Message, type S3ObjectEvent } from "../processors/s3-event";
import { LazyDatabase, type WatchmeDatabase } from "./database";
import { sendMessages } from "./send-messages";

const variables = databaseVariables.extend({
  /** JSON: URL of the queue of each feature. */
  QUEUE_URLS: z
    .string()
    .transform(jsonIn)
    .pipe(z.object({ asr: queueUrl, sed: queueUrl, ser: queueUrl })),
});

export interface AudioProcessorTools {
  queueUrls: Record<Feature, string>;
  sqs: Pick<SQSClient, "send">;
  database: Pick<LazyDatabase, "use">;
  log: Log;
}

/** Recordings were uploaded: they are written down, and each feature's queue gets a message about each. If anything fails,
 *  the call fails, and Lambda repeats it. A repeat sends again what was sent, which the workers do not do twice. */
export function audioProcessor({ queueUrls, sqs, database, log }: AudioProcessorTools) {
  return async (event: S3Event): Promise<void> => {
    const message = parseS3Message(JSON.stringify(event));
    const objects = message.kind === "objects" ? message.objects : [];
    const recordings = objects.flatMap((object) => {
      const recording = recordingOf(object);
      if (recording !== undefined) return [recording];
      log.info({ bucket: object.bucket, key: object.key }, "no recording: ignored");
      return [];
    });
    if (recordings.length === 0) return;
    await database.use((opened) => insertRecordings(opened, recordings));
    await Promise.all(features.map((feature) => send(sqs, queueUrls[feature], recordings)));
    for (const { recordingId } of recordings) log.info({ recordingId }, "recording queued");
  };
}

function recordingOf({
  bucket,
  key,
  versionId,
  action,
}: S3ObjectEvent): RecordingMessage | undefined {
  const parts = recordingKey.exec(key)?.groups;
  if (action !== "created" || parts === undefined) return undefined;
  const { deviceId, day, time } = parts;
  const recording = recordingMessageSchema.safeParse({
    recordingId: `${deviceId}/${day}/${time}`,
    ...{ deviceId, day, time, bucket, key, versionId },
  });
  // The key can have a day that does not exist.
  return recording.data;
}

async function insertRecordings(
  database: WatchmeDatabase,
  recordings: readonly RecordingMessage[],
): Promise<void> {
  await database
    .insertInto("recordings")
    .values(
      recordings.map(({ recordingId, deviceId, ...recording }) => ({
        recording_id: recordingId,
        device_id: deviceId,
        day: recording.day,
        time: recording.time,
        bucket: recording.bucket,
        key: recording.key,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Nothing is sent of a device after a message of it that was not accepted. */
async function send(
  sqs: Pick<SQSClient, "send">,
  url: string,
  recordings: readonly RecordingMessage[],
): Promise<void> {
  for (const round of rounds(recordings)) {
    const messages = round.map((recording) => ({
      body: recording,
      deduplicationId: recordingDeduplicationId(recording),
    }));
    const [refused] = await sendMessages(sqs, url, messages);
    if (refused !== undefined)
      throw new Error(`${url} did not accept a message: ${refused.reason}`);
  }
}

/** The first recording of each device, then the second of each, and so on: SQS may accept a message of a batch and refuse one
 *  before it, which must not be of the same device. */
function rounds(recordings: readonly RecordingMessage[]): RecordingMessage[][] {
  const result: RecordingMessage[][] = [];
  const counts = new Map<string, number>();
  for (const recording of recordings) {
    const round = counts.get(recording.deviceId) ?? 0;
    counts.set(recording.deviceId, round + 1);
    (result[round] ??= []).push(recording);
  }
  return result;
}

/** The Lambda function's entry. S3 calls it. */
export const handler = functionEntry(() => {
  const environment = readVariables(variables, process.env);
  const log = functionLog();
  const database = new LazyDatabase({ environment, ssm: ssmClient(), log });
  return {
    handle: audioProcessor({
      queueUrls: environment.QUEUE_URLS,
      sqs: sqsClient(),
      database,
      log,
    }),
    ready: () => database.use(() => Promise.resolve()),
  };
});
