import { attemptLogMessages } from "../../contracts/attempt-log-messages";
import type { LambdaContext } from "../../contracts/function-check";
import { functionMetrics, functionMetricsDimension } from "../../contracts/function-metrics";
import { loadTestFields } from "../../contracts/load-test";
import { describeError } from "../job/describe-error";
import { PermanentError, UnavailableError } from "../job/errors";
import type { Log } from "../job/log";
import { metricLine } from "../metrics/metric-line";
import { backOffSeconds } from "./back-off";
import { markCheck } from "./check-mark";
import type { DoneWork } from "./done-work";
import { PostponedError } from "./errors";
import { messageIn } from "./message-in";
import { mayPark, park } from "./park";
import type { QueueTools, QueueWork } from "./queue-work";
import type { ReceivedRecord } from "./received-record";
import { hide } from "./visibility";

/** Time that is kept free for what comes after the work, to answer before Lambda ends the call: this share of the call's
 *  time, and at most so much. */
const reserve = { share: 0.2, longestMs: 5000 };

/** Work that has less time than this is not started. */
const shortestWorkMs = 1000;

/** The records of one call. */
export class Batch<Message> {
  private processed = 0;
  private failures = 0;
  /** Seconds until the next attempt, by message id. */
  private readonly waits = new Map<string, number>();
  private readonly lost = new Set<string>();
  private readonly reserveMs: number;

  constructor(
    private readonly work: QueueWork<Message>,
    private readonly tools: QueueTools,
    private readonly done: DoneWork,
    private readonly context: LambdaContext,
  ) {
    this.reserveMs = Math.min(
      reserve.longestMs,
      reserve.share * context.getRemainingTimeInMillis(),
    );
  }

  /** Resolves if the queue may delete the message. Rejects, with an Error in any case, if it is to come again. */
  async handle(record: ReceivedRecord): Promise<void> {
    const log = this.tools.log.child({
      messageId: record.id,
      group: record.group,
      receiveCount: record.receiveCount,
      ...(record.loadTest && loadTestFields(record.loadTest, record.sentAt)),
    });
    try {
      if (record.checkId !== undefined) await this.mark(record.checkId, log);
      else await this.process(record, log);
    } catch (error) {
      await this.failed(record, error, log);
    }
  }

  /** Whether the message can never be processed. */
  isLost(messageId: string): boolean {
    return this.lost.has(messageId);
  }

  /** Gives all failed messages, with those of a FIFO queue that were skipped, the time of their next attempt, and reports the
   *  counts. */
  async end(failed: readonly ReceivedRecord[]): Promise<void> {
    const [first] = failed;
    if (first !== undefined) {
      await hide(this.tools.sqs, first.queueUrl, this.hidden(failed), this.tools.log);
    }
    this.report();
  }

  private async mark(checkId: string, log: Log): Promise<void> {
    const { tools, context } = this;
    const version = context.functionVersion;
    await markCheck(tools.dynamo, { table: tools.environment.STATE_TABLE, checkId, version });
    log.info({ checkId, version }, attemptLogMessages.testReceived);
  }

  private async process(record: ReceivedRecord, log: Log): Promise<void> {
    const remainingMs = () => this.context.getRemainingTimeInMillis() - this.reserveMs;
    const message = messageIn(record.body, this.work.schema);
    const key = this.work.workKey(message);
    // Also because Powertools takes 0 for "not known", and such work would stay in progress until its record expires.
    if (remainingMs() < shortestWorkMs) {
      throw new PostponedError("no time was left in this call", { waitSeconds: 0 });
    }
    const attempt = {
      log: log.child({ work: key }),
      remainingMs,
      isFifo: record.isFifo,
      attemptsLeft: this.attemptsLeft(record),
    };
    const outcome = await this.done.once(key, this.context, () =>
      this.work.process(message, attempt),
    );
    this.processed += 1;
    if (outcome === "done, not remembered") {
      attempt.log.warn({}, attemptLogMessages.doneNotRemembered);
    } else {
      const { done, doneBefore } = attemptLogMessages;
      attempt.log.info({}, outcome === "done" ? done : doneBefore);
    }
  }

  /** A message whose fault is not known to be its own (an UnavailableError or a PostponedError) is sent again when its
   *  attempts are used up, if its queue allows that. Any other comes again after a wait until its attempts are used up, and
   *  then SQS dead-letters it. A PermanentError uses them up without waits. */
  private async failed(record: ReceivedRecord, error: unknown, log: Log): Promise<void> {
    this.failures += 1;
    const reason = describeError(error);
    const isOutage = error instanceof UnavailableError || error instanceof PostponedError;
    const isLast = this.attemptsLeft(record) === 0;
    const seconds = this.waitAfter(record, error, isOutage);
    if (isOutage && isLast && mayPark(record, error instanceof PostponedError)) {
      const isParked = await this.tryToPark(record, seconds, log.child({ reason }));
      if (isParked) return;
    }
    const isPermanent = error instanceof PermanentError;
    if (isLast || isPermanent) this.lost.add(record.id);
    // It will not succeed, so it should be seen in the dead-letter queue soon.
    const wait = isLast || isPermanent ? 0 : seconds;
    this.waits.set(record.id, wait);
    const { failed, failedForTheLastTime } = attemptLogMessages;
    log.error({ reason, waitSeconds: wait }, isLast ? failedForTheLastTime : failed);
    // Powertools reads the message of whatever is thrown, and fails the whole batch if it is no Error.
    throw new Error(reason);
  }

  private waitAfter({ receiveCount }: ReceivedRecord, error: unknown, isOutage: boolean): number {
    if (error instanceof PostponedError && error.waitSeconds !== undefined) {
      return error.waitSeconds;
    }
    const { environment, random } = this.tools;
    const firstSeconds = environment.BACK_OFF_SECONDS;
    return backOffSeconds({ receiveCount, firstSeconds, isOutage }, random);
  }

  private async tryToPark(
    record: ReceivedRecord,
    delaySeconds: number,
    log: Log,
  ): Promise<boolean> {
    try {
      await park(this.tools.sqs, record, delaySeconds);
      log.warn({ delaySeconds }, attemptLogMessages.sentAgain);
      return true;
    } catch (error) {
      log.error({ parking: describeError(error) }, "could not be sent again");
      return false;
    }
  }

  private attemptsLeft({ receiveCount, isFifo }: ReceivedRecord): number {
    const { MAX_RECEIVE_COUNT, FIFO_MAX_RECEIVE_COUNT = MAX_RECEIVE_COUNT } =
      this.tools.environment;
    const attempts = isFifo ? FIFO_MAX_RECEIVE_COUNT : MAX_RECEIVE_COUNT;
    return Math.max(0, attempts - receiveCount);
  }

  /** Skipped messages wait as long as the one that failed before them, so that the group goes on at once. */
  private hidden(failed: readonly ReceivedRecord[]) {
    const ofGroup = new Map<string | undefined, number>();
    return failed.map(({ id, group, receiptHandle }) => {
      const own = this.waits.get(id);
      if (own !== undefined && !this.isLost(id)) ofGroup.set(group, own);
      return { receiptHandle, seconds: own ?? ofGroup.get(group) ?? 0 };
    });
  }

  private report(): void {
    const { tools, context } = this;
    tools.writeLine(
      metricLine({
        namespace: tools.environment.METRICS_NAMESPACE,
        dimension: { name: functionMetricsDimension, value: context.functionName },
        at: Date.now(),
        metrics: [
          { name: functionMetrics.recordsProcessed, unit: "Count", values: this.processed },
          { name: functionMetrics.recordsFailed, unit: "Count", values: this.failures },
        ],
      }),
    );
  }
}
