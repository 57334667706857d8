import { ArgumentFaults, isWholeNumber } from "../argument-faults";
import type { Alerting } from "../alarms/alerting";
import type { Deployment } from "../deployment";
import type { FunctionThresholds } from "../function/function-alarms";
import { concurrencyRange, type BundledFunctionArgs } from "../function/function-arguments";
import type { MonitoredQueue } from "../queue";
import type { StateTable } from "../state-table";

/** A queue that the function works on. */
export interface WorkerSource {
  queue: MonitoredQueue;
  /** Queues that must have been drained before this one is read. Back-pressure enables the mapping then. */
  after?: MonitoredQueue[];
  /** Whether the queue is read only while it has messages: back-pressure enables the mapping then. */
  standby?: boolean;
}

/** Simultaneous calls for one queue. AWS excludes the two: a limit, or pollers of the function's own. */
export type Concurrency =
  | {
      /** 2–1,000. Source: Lambda guide, "Configuring maximum concurrency". */
      maximum: number;
    }
  | {
      /** Provisioned pollers, 2–200 and 2–2,000. Each makes up to 10 simultaneous calls. Source: Lambda guide,
       *  "Provisioned mode". */
      pollers: { minimum: number; maximum: number };
    };

export interface LambdaWorkerArgs {
  deployment: Deployment;
  functionName: string;
  /** Absolute path of the TypeScript file that exports `handler`. */
  entry: string;
  /** The first source is the worker's queue. It states the timeout of the function: its job timeout. */
  sources: [WorkerSource, ...WorkerSource[]];
  concurrency: Concurrency;
  /** Reserves this much of the account's concurrency. Default: nothing is reserved. */
  reservedConcurrency?: number;
  /** Most simultaneous calls that what the function calls can bear. */
  mostCalls?: number;
  /** Messages per call, 1–10 for FIFO queues, 1–10,000 for standard ones with a batching window. Default 10. */
  batchSize?: number;
  /** How long Lambda collects messages for a batch, 0–300 seconds. Standard queues only. Default 0. */
  batchingWindowSeconds?: number;
  memoryMegabytes?: number;
  variables: BundledFunctionArgs["variables"];
  /** What the handler does besides its queue and the state table. */
  rights: BundledFunctionArgs["rights"]["statements"];
  /** Whether messages may be sent to the queue again by the handler. Default false. */
  sendsAgain?: boolean;
  stateTable: StateTable;
  metricsNamespace: string;
  /** Physical name of the function that pauses the worker. Not set: nothing pauses it. */
  backPressure?: string;
  alerting: Alerting;
  thresholds?: Partial<FunctionThresholds>;
  logRetentionDays?: number;
}

export const workerDefaults = { batchSize: 10, batchingWindowSeconds: 0 };

/** Simultaneous calls that one provisioned poller can make. */
const callsOfPoller = 10;

/** Most messages of a batch of a FIFO queue, and of one without a batching window. Source: Lambda CreateEventSourceMapping. */
const withoutWindow = 10;

export const workerRanges = {
  maximumConcurrency: { min: 2, max: 1000 },
  minimumPollers: { min: 2, max: 200 },
  maximumPollers: { min: 2, max: 2000 },
  batchSize: { min: 1, max: 10_000 },
  batchingWindowSeconds: { min: 0, max: 300 },
};

const callsOf = (concurrency: Concurrency): number =>
  "maximum" in concurrency ? concurrency.maximum : concurrency.pollers.maximum * callsOfPoller;

/** Whether the mapping is enabled from the beginning. */
export const isAlwaysRead = ({ after = [], standby = false }: WorkerSource): boolean =>
  after.length === 0 && !standby;

/** The most calls that all mappings make at the same time. A source that waits for others is not read together with them. */
export const simultaneousCalls = (
  sources: readonly WorkerSource[],
  concurrency: Concurrency,
): number => Math.max(1, sources.filter(isAlwaysRead).length) * callsOf(concurrency);

export function assertLambdaWorkerArgs(name: string, args: LambdaWorkerArgs): void {
  const faults = new ArgumentFaults(`LambdaWorker "${name}"`);
  const { concurrency, sources, reservedConcurrency: reserved } = args;
  const batchSize = args.batchSize ?? workerDefaults.batchSize;
  const window = args.batchingWindowSeconds ?? workerDefaults.batchingWindowSeconds;
  const fifo = sources.some(({ queue }) => queue.fifo);
  if ("maximum" in concurrency) {
    faults.wholeNumber(
      "concurrency.maximum",
      concurrency.maximum,
      workerRanges.maximumConcurrency,
      "Lambda allows whole numbers",
    );
  } else {
    const { minimum, maximum } = concurrency.pollers;
    faults
      .wholeNumber(
        "concurrency.pollers.minimum",
        minimum,
        workerRanges.minimumPollers,
        "Lambda allows whole numbers",
      )
      .wholeNumber(
        "concurrency.pollers.maximum",
        maximum,
        workerRanges.maximumPollers,
        "Lambda allows whole numbers",
      )
      .require(
        minimum <= maximum,
        `concurrency.pollers.minimum is ${minimum}; it must be at most concurrency.pollers.maximum (${maximum})`,
      );
  }
  const calls = simultaneousCalls(sources, concurrency);
  const how =
    "maximum" in concurrency
      ? ""
      : ` (${concurrency.pollers.maximum} pollers make up to ${callsOfPoller} each)`;
  faults
    .require(
      reserved === undefined || !isWholeNumber(reserved, concurrencyRange) || reserved >= calls,
      `reservedConcurrency is ${reserved}; it must be at least ${calls}, the calls of its mappings${how}, or Lambda refuses calls and their messages use up their receive counts`,
    )
    .require(
      args.mostCalls === undefined || calls <= args.mostCalls,
      `concurrency allows ${calls} calls at a time${how}; at most ${args.mostCalls} are allowed, so give concurrency.maximum`,
    )
    .wholeNumber(
      "batchSize",
      batchSize,
      { ...workerRanges.batchSize, ...(fifo || window === 0 ? { max: withoutWindow } : {}) },
      fifo
        ? "a batch of a FIFO queue may have"
        : window === 0
          ? "without a batching window a batch may have"
          : "a batch may have",
    )
    .wholeNumber(
      "batchingWindowSeconds",
      window,
      workerRanges.batchingWindowSeconds,
      "Lambda allows whole seconds",
    )
    .require(
      window === 0 || !fifo,
      `batchingWindowSeconds is ${window}; Lambda has no batching window for FIFO queues, so leave it out`,
    );
  for (const { queue } of sources) {
    const { jobTimeoutSeconds: timeout, visibilityTimeoutSeconds: visibility } = queue;
    faults
      .require(
        timeout === sources[0].queue.jobTimeoutSeconds,
        `jobTimeoutSeconds of queue "${queue.queueName}" is ${timeout}; all queues of a worker need the same (${sources[0].queue.jobTimeoutSeconds}), because it is the function's timeout`,
      )
      .require(
        timeout + window < visibility,
        `batchingWindowSeconds is ${window}; with the timeout of ${timeout} it must be below the visibility timeout of queue "${queue.queueName}" (${visibility}), or SQS delivers a message again while Lambda still holds it`,
      );
  }
  faults.throwIfAny();
}
