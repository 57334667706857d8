import { z } from "zod";
import {
  apiRequestOf,
  features,
  recordingMessageSchema,
  workKey,
  type Feature,
  type RecordingMessage,
} from "../../contracts/watchme";
import { ApiBreaker } from "../lambda/api-breaker";
import { dynamoClient, lambdaClient, sqsClient } from "../lambda/clients";
import { functionEntry } from "../lambda/entry";
import { apiVariables, queueFunctionVariables, readVariables } from "../lambda/environment";
import { PostponedError } from "../lambda/errors";
import { functionLog, writeLine } from "../lambda/log";
import { queueHandler } from "../lambda/queue-handler";
import type { Attempt, QueueWork } from "../lambda/queue-work";
import { ApiUnavailableError, postWork } from "./api-client";

const variables = queueFunctionVariables.extend({
  ...apiVariables.shape,
  WORKER: z.enum(features),
});

export interface ApiWorkerTools {
  feature: Feature;
  apiUrl: string;
  /** Longest time that the API may take to accept work. */
  timeoutMs: number;
  breaker: ApiBreaker;
}

/** Hands each recording to the API of a feature. */
export function apiWork({
  feature,
  apiUrl,
  timeoutMs,
  breaker,
}: ApiWorkerTools): QueueWork<RecordingMessage> {
  return {
    schema: recordingMessageSchema,
    workKey: (recording) => workKey(recording, feature),
    process: async (recording, attempt) => {
      // The records of a FIFO queue share the time of a call.
      const availableMs = Math.min(timeoutMs, attempt.remainingMs());
      try {
        await postWork({
          url: apiUrl,
          body: apiRequestOf(recording),
          idempotencyKey: workKey(recording, feature),
          timeoutMs: availableMs,
        });
      } catch (error) {
        if (!(error instanceof ApiUnavailableError)) throw error;
        const isTooShort = error.isSilence && availableMs < timeoutMs / 2;
        throw isTooShort
          ? new PostponedError(`${error.message}, which is too short to judge the API by`)
          : await counted(error, breaker, attempt);
      }
      await breaker.succeeded(attempt.log);
    },
  };
}

/** The error as it is while the API fails for other messages too. Otherwise this message may be the cause. */
async function counted(
  error: ApiUnavailableError,
  breaker: ApiBreaker,
  attempt: Attempt,
): Promise<Error> {
  const failsForOthers = await breaker.failed(error.message, isLastChance(attempt), attempt.log);
  return failsForOthers ? error : new PostponedError(error.message, { cause: error });
}

/** A message of a FIFO queue cannot be sent again when its attempts are used up. The last one is kept for after the pause. */
const isLastChance = ({ isFifo, attemptsLeft }: Attempt): boolean => isFifo && attemptsLeft <= 1;

/** The Lambda function's entry, the same for asr, sed and ser: WORKER says which it is. */
export const handler = functionEntry(() => {
  const environment = readVariables(variables, process.env);
  const dynamo = dynamoClient();
  const breaker = new ApiBreaker({
    dynamo,
    lambda: lambdaClient(),
    table: environment.STATE_TABLE,
    worker: environment.WORKER,
    backPressureFunction: environment.BACK_PRESSURE_FUNCTION,
  });
  const work = apiWork({
    feature: environment.WORKER,
    apiUrl: environment.API_URL,
    timeoutMs: environment.API_TIMEOUT_SECONDS * 1000,
    breaker,
  });
  return {
    handle: queueHandler(work, {
      environment,
      sqs: sqsClient(),
      dynamo,
      log: functionLog(),
      writeLine,
    }),
  };
});
