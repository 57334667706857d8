import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createAlarm, type DeployedAlarm } from "../alarms/create-alarm";
import type { Widget } from "../dashboard/widgets";
import { standardTags } from "../deployment";
import type { Described, OutputPart } from "../described";
import { aliasArnOf, BundledFunction, liveAlias } from "../function/bundled-function";
import { functionAlarms, type WatchedFunction } from "../function/function-alarms";
import { functionWidgets } from "../function/function-widgets";
import { allow, type Statement } from "../iam";
import type { MonitoredQueue } from "../queue";
import {
  assertLambdaWorkerArgs,
  isAlwaysRead,
  workerDefaults,
  type Concurrency,
  type LambdaWorkerArgs,
  type WorkerSource,
} from "./lambda-worker-arguments";

/** A mapping of a queue to a worker, as back-pressure and deployment checks need it. */
export interface WorkerMapping {
  source: WorkerSource;
  uuid: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  resource: pulumi.Resource;
}

/** A function that works on a queue: with partial batch responses, a limit of simultaneous calls, and alarms. */
export class LambdaWorker extends pulumi.ComponentResource implements Described {
  readonly key: string;
  readonly bundledFunction: BundledFunction;
  readonly mappings: WorkerMapping[];
  /** Limit of each mapping; undefined with provisioned pollers. */
  readonly maximumConcurrency: number | undefined;
  readonly output: OutputPart;
  readonly alarms: DeployedAlarm[];
  readonly widgets: Widget[];

  constructor(name: string, args: LambdaWorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    assertLambdaWorkerArgs(name, args);
    super("queuefleet:lambda-worker:LambdaWorker", name, {}, opts);
    const { deployment, functionName, sources, concurrency } = args;
    const [{ queue }] = sources;
    const watched: WatchedFunction = {
      functionName,
      timeoutSeconds: queue.jobTimeoutSeconds,
      recordsNamespace: args.metricsNamespace,
    };
    this.key = name;
    this.bundledFunction = new BundledFunction(
      name,
      {
        deployment,
        functionName,
        entry: args.entry,
        timeoutSeconds: queue.jobTimeoutSeconds,
        memoryMegabytes: args.memoryMegabytes,
        reservedConcurrency: args.reservedConcurrency,
        variables: {
          WORKER: name,
          STATE_TABLE: args.stateTable.tableName,
          METRICS_NAMESPACE: args.metricsNamespace,
          ...attempts(sources.map((source) => source.queue)),
          ...(args.backPressure === undefined
            ? {}
            : { BACK_PRESSURE_FUNCTION: `${args.backPressure}:${liveAlias}` }),
          ...args.variables,
        },
        rights: { name: "worker", statements: [...ownRights(args), ...args.rights] },
        logRetentionDays: args.logRetentionDays,
      },
      this,
    );
    this.mappings = sources.map((source) => this.map(name, source, args));
    this.maximumConcurrency = "maximum" in concurrency ? concurrency.maximum : undefined;
    this.output = { functions: { [name]: this.bundledFunction.output } };
    this.alarms = functionAlarms(watched, args.thresholds).map(
      (spec) =>
        createAlarm(`${name}-${spec.key}`, spec, { subject: functionName, ...args }, this).deployed,
    );
    this.widgets = functionWidgets(watched, deployment.region);
    this.registerOutputs({ alias: this.bundledFunction.aliasArn });
  }

  private map(name: string, source: WorkerSource, args: LambdaWorkerArgs): WorkerMapping {
    const { queue } = source;
    const window = args.batchingWindowSeconds ?? workerDefaults.batchingWindowSeconds;
    const mapping = new aws.lambda.EventSourceMapping(
      `${name}-from-${queue.key}`,
      {
        eventSourceArn: queue.arn,
        functionName: this.bundledFunction.aliasArn,
        batchSize: args.batchSize ?? workerDefaults.batchSize,
        ...(window === 0 ? {} : { maximumBatchingWindowInSeconds: window }),
        functionResponseTypes: ["ReportBatchItemFailures"],
        ...scaling(args.concurrency),
        enabled: isAlwaysRead(source),
        tags: standardTags(args.deployment),
      },
      {
        parent: this,
        dependsOn: [queue.queue, args.stateTable.resource],
        // Back-pressure disables and enables it. An update must not undo that, and a refresh not report it.
        ignoreChanges: ["enabled"],
      },
    );
    return { source, uuid: mapping.uuid, arn: mapping.arn, resource: mapping };
  }
}

/** Attempts before a message is dead-lettered. While a worker moves to FIFO, its two queues may differ. */
function attempts(queues: readonly MonitoredQueue[]): Record<string, string> {
  const of = (fifo: boolean) => queues.find((queue) => queue.fifo === fifo)?.maxReceiveCount;
  const [standard, fifo] = [of(false), of(true)];
  return {
    MAX_RECEIVE_COUNT: String(standard ?? fifo),
    ...(standard === undefined || fifo === undefined
      ? {}
      : { FIFO_MAX_RECEIVE_COUNT: String(fifo) }),
  };
}

const scaling = (concurrency: Concurrency): Partial<aws.lambda.EventSourceMappingArgs> =>
  "maximum" in concurrency
    ? { scalingConfig: { maximumConcurrency: concurrency.maximum } }
    : {
        provisionedPollerConfig: {
          minimumPollers: concurrency.pollers.minimum,
          maximumPollers: concurrency.pollers.maximum,
        },
      };

/** What every worker does: Lambda reads its queues with its role, and the handler backs off and remembers. */
function ownRights(args: LambdaWorkerArgs): Statement[] {
  const queues = args.sources.map(({ queue }) => queue);
  const keys = queues.flatMap(({ kmsKeyArn }) => (kmsKeyArn === undefined ? [] : [kmsKeyArn]));
  return [
    allow(
      "WorkOnQueue",
      [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
        ...(args.sendsAgain === true ? ["sqs:SendMessage"] : []),
      ],
      queues.map(({ arn }) => arn),
    ),
    ...(keys.length === 0
      ? []
      : [
          allow(
            "WorkOnEncryptedQueue",
            ["kms:Decrypt", ...(args.sendsAgain === true ? ["kms:GenerateDataKey"] : [])],
            keys,
          ),
        ]),
    allow(
      "Remember",
      ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      args.stateTable.arn,
    ),
    ...(args.backPressure === undefined
      ? []
      : [
          allow(
            "AskForPause",
            ["lambda:InvokeFunction"],
            aliasArnOf(args.deployment, args.backPressure),
          ),
        ]),
  ];
}
