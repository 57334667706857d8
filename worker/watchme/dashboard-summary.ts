import type { SQSClient } from "@aws-sdk/client-sqs";
import {
  summaryMessageSchema,
  type AnalysisMessage,
  type SummaryMessage,
} from "../../contracts/watchme";
import { dynamoClient, sqsClient, ssmClient } from "../lambda/clients";
import { functionEntry } from "../lambda/entry";
import {
  databaseVariables,
  queueFunctionVariables,
  queueUrl,
  readVariables,
} from "../lambda/environment";
import { functionLog, writeLine } from "../lambda/log";
import { queueHandler } from "../lambda/queue-handler";
import type { QueueWork } from "../lambda/queue-work";
import { LazyDatabase } from "./database";
import { dayKey } from "./day-key";
import { completeRecordings, writeSummary } from "./days";
import { sendMessages } from "./send-messages";
import { summarise } from "./summarise";

const variables = queueFunctionVariables.extend({
  ...databaseVariables.shape,
  ANALYSIS_QUEUE_URL: queueUrl,
});

export interface SummaryTools {
  analysisQueueUrl: string;
  sqs: Pick<SQSClient, "send">;
  database: Pick<LazyDatabase, "use">;
}

/** Sums up a day, and then asks for its analysis. It counts what is there now, which may be more than the message says. */
export function summaryWork({
  analysisQueueUrl,
  sqs,
  database,
}: SummaryTools): QueueWork<SummaryMessage> {
  return {
    schema: summaryMessageSchema,
    workKey: dayKey,
    process: async ({ deviceId, day }, { log }) => {
      const summary = await database.use(async (opened) => {
        const recordings = await completeRecordings(opened, { deviceId, day });
        if (recordings.length === 0) return undefined;
        const made = summarise(recordings);
        return (await writeSummary(opened, { deviceId, day }, made)) ? made : undefined;
      });
      if (summary === undefined) {
        log.info({}, "there is a summary of more recordings, or nothing to sum up");
        return;
      }
      const unreadable = Object.values(summary.unreadable).some((count) => count > 0);
      if (unreadable) log.warn({ unreadable: summary.unreadable }, "results could not be read");
      const body: AnalysisMessage = { deviceId, day, recordings: summary.recordings };
      const [refused] = await sendMessages(sqs, analysisQueueUrl, [{ body }]);
      if (refused !== undefined) {
        throw new Error(`${analysisQueueUrl} did not accept a message: ${refused.reason}`);
      }
    },
  };
}

/** The Lambda function's entry. */
export const handler = functionEntry(() => {
  const environment = readVariables(variables, process.env);
  const log = functionLog();
  const sqs = sqsClient();
  const database = new LazyDatabase({ environment, ssm: ssmClient(), log });
  const work = summaryWork({ analysisQueueUrl: environment.ANALYSIS_QUEUE_URL, sqs, database });
  return {
    handle: queueHandler(work, { environment, sqs, dynamo: dynamoClient(), log, writeLine }),
    ready: () => database.use(() => Promise.resolve()),
  };
});
