import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Log } from "../job/log";
import { sqsClient, ssmClient } from "../lambda/clients";
import { functionEntry } from "../lambda/entry";
import { databaseVariables, queueUrl, readVariables } from "../lambda/environment";
import { functionLog } from "../lambda/log";
import { LazyDatabase } from "./database";
import { sendMessages } from "./send-messages";
import { askForSummaries, type DueSummary } from "./summaries-due";

const variables = databaseVariables.extend({ SUMMARY_QUEUE_URL: queueUrl });

export interface AggregatorCheckerTools {
  summaryQueueUrl: string;
  sqs: Pick<SQSClient, "send">;
  database: Pick<LazyDatabase, "use">;
  log: Log;
}

/** Asks for a summary of every day that has new recordings with all three features. If messages are not accepted, the call
 *  fails after the others are marked; the next call, a minute later, sends them. */
export function aggregatorChecker({ summaryQueueUrl, sqs, database, log }: AggregatorCheckerTools) {
  return async (): Promise<void> => {
    const reasons: string[] = [];
    const ask = async (due: DueSummary[]) => {
      const refused = await sendMessages(sqs, summaryQueueUrl, due);
      reasons.push(...refused.map(({ reason }) => reason));
      const failed = new Set(refused.map(({ message }) => message));
      return due.filter((summary) => !failed.has(summary));
    };
    const counts = await database.use((opened) => askForSummaries(opened, ask));
    log.info(
      { ...counts },
      counts === undefined ? "another call is at work" : "looked for summaries",
    );
    if (reasons.length > 0) {
      throw new Error(
        `${reasons.length} messages were not accepted by ${summaryQueueUrl}: ${reasons[0]}`,
      );
    }
  };
}

/** The Lambda function's entry. A schedule calls it. */
export const handler = functionEntry(() => {
  const environment = readVariables(variables, process.env);
  const log = functionLog();
  const database = new LazyDatabase({ environment, ssm: ssmClient(), log });
  return {
    handle: aggregatorChecker({
      summaryQueueUrl: environment.SUMMARY_QUEUE_URL,
      sqs: sqsClient(),
      database,
      log,
    }),
    ready: () => database.use(() => Promise.resolve()),
  };
});
