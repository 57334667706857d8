import { attemptLogMessages } from "../contracts/attempt-log-messages";
import { checkAttribute } from "../contracts/function-check";
import { loadTestAttribute, loadTestFields, markIn } from "../contracts/load-test";
import { describeError } from "./job/describe-error";
import { PermanentError, UnavailableError } from "./job/errors";
import type { Processor } from "./job/processor";

const noFiles = { processed: 0, skipped: 0, doubtful: 0 };

/** A processor that does no work for test messages, and that logs how each attempt on a message of a load test ended. */
export const loadTested =
  (process: Processor): Processor =>
  async (message, context) => {
    const { attributes, sentAt } = message;
    const isTest = checkAttribute in attributes;
    const mark = markIn(attributes[loadTestAttribute]?.StringValue);
    if (!isTest && mark === undefined) return process(message, context);
    const log = context.log.child(mark === undefined ? {} : loadTestFields(mark, sentAt));
    try {
      if (isTest) context.reportFiles(noFiles);
      else await process(message, context);
    } catch (error) {
      // An outage uses up no attempt.
      const isUsedUp =
        context.attempt >= context.maxAttempts && !(error instanceof UnavailableError);
      const isLast = isUsedUp || error instanceof PermanentError;
      const { failed, failedForTheLastTime } = attemptLogMessages;
      log.warn({ reason: describeError(error) }, isLast ? failedForTheLastTime : failed);
      throw error;
    }
    log.info({}, isTest ? attemptLogMessages.testReceived : attemptLogMessages.done);
  };
