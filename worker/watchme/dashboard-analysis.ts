import { analysisMessageSchema, type AnalysisMessage } from "../../contracts/watchme";
import { dynamoClient, sqsClient, ssmClient } from "../lambda/clients";
import { functionEntry } from "../lambda/entry";
import { databaseVariables, queueFunctionVariables, readVariables } from "../lambda/environment";
import { functionLog, writeLine } from "../lambda/log";
import { queueHandler } from "../lambda/queue-handler";
import type { QueueWork } from "../lambda/queue-work";
import { analyse } from "./analyse";
import { LazyDatabase } from "./database";
import { dayKey } from "./day-key";
import { summariesOfWeek, writeAnalysis } from "./days";

const variables = queueFunctionVariables.extend(databaseVariables.shape);

/** Compares a day with the week before it. It reads the summary that is there now, which may be newer than the message. */
export function analysisWork({
  database,
}: {
  database: Pick<LazyDatabase, "use">;
}): QueueWork<AnalysisMessage> {
  return {
    schema: analysisMessageSchema,
    workKey: dayKey,
    process: async ({ deviceId, day, recordings }, { log }) => {
      await database.use(async (opened) => {
        const week = await summariesOfWeek(opened, { deviceId, day });
        if (week.day === undefined || week.day.recordings < recordings) {
          throw new Error(
            `the summary of ${deviceId} on ${day} is of ${week.day?.recordings ?? 0} recordings; ${recordings} were announced`,
          );
        }
        const analysis = analyse(week.day, week.before);
        const isWritten = await writeAnalysis(opened, { deviceId, day }, analysis);
        log.info({ flags: analysis.flags, isWritten }, "analysed");
      });
    },
  };
}

/** The Lambda function's entry. */
export const handler = functionEntry(() => {
  const environment = readVariables(variables, process.env);
  const log = functionLog();
  const database = new LazyDatabase({ environment, ssm: ssmClient(), log });
  return {
    handle: queueHandler(analysisWork({ database }), {
      environment,
      sqs: sqsClient(),
      dynamo: dynamoClient(),
      log,
      writeLine,
    }),
    ready: () => database.use(() => Promise.resolve()),
  };
});
