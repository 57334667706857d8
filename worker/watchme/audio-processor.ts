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

/** A recording was uploaded: it is written down, and each feature's queue gets a message. If anything fails, the call fails,
 *  and Lambda repeats it. A repeat sends again what was sent, which the workers do not do twice. */
export function audioProcessor({ queueUrls, sqs, database, log }: AudioProcessorTools) {
  return async (event: S3Event): Promise<void> => {
    const message = parseS3Message(JSON.stringify(event));
    const objects = message.kind === "objects" ? message.objects : [];
    for (const object of objects) {
      const recording = recordingOf(object);
      if (recording === undefined) {
        log.info({ bucket: object.bucket, key: object.key }, "no recording: ignored");
        continue;
      }
      await database.use((opened) => insertRecording(opened, recording));
      await Promise.all(features.map((feature) => send(sqs, queueUrls[feature], recording)));
      log.info({ recordingId: recording.recordingId }, "recording queued");
    }
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

async function insertRecording(
  database: WatchmeDatabase,
  { recordingId, deviceId, day, time, bucket, key }: RecordingMessage,
): Promise<void> {
  await database
    .insertInto("recordings")
    .values({ recording_id: recordingId, device_id: deviceId, day, time, bucket, key })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function send(
  sqs: Pick<SQSClient, "send">,
  url: string,
  recording: RecordingMessage,
): Promise<void> {
  const deduplicationId = recordingDeduplicationId(recording);
  const [refused] = await sendMessages(sqs, url, [{ body: recording, deduplicationId }]);
  if (refused !== undefined) throw new Error(`${url} did not accept a message: ${refused.reason}`);
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
