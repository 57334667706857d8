import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BackPressureCall } from "../../contracts/back-pressure";
import { stateKeys } from "../../contracts/state-table";
import { createAlarm, type DeployedAlarm } from "../alarms/create-alarm";
import { graph, type Widget } from "../dashboard/widgets";
import { arnOf } from "../deployment";
import type { Described, OutputPart } from "../described";
import { BundledFunction } from "../function/bundled-function";
import { allow, type Statement } from "../iam";
import { schedule } from "../schedule";
import { backPressureAlarms, backPressureMetric } from "./back-pressure-alarms";
import {
  assertBackPressureArgs,
  backPressureDefaults,
  type BackPressureArgs,
  type PausableWorker,
} from "./back-pressure-arguments";
import { leaseSeconds } from "./breaker/back-pressure";

/** Pauses workers while their API fails: the messages wait in the queue and do not use up their receive counts. See
 *  docs/decisions/0017-back-pressure.md. */
export class BackPressure extends pulumi.ComponentResource implements Described {
  readonly key: string;
  /** What sends to the queues must depend on this: when it begins to send to another queue, the mapping of that queue waits
   *  already. */
  readonly settled: pulumi.Resource;
  readonly output: OutputPart;
  readonly alarms: DeployedAlarm[];
  readonly widgets: Widget[];

  constructor(name: string, args: BackPressureArgs, opts?: pulumi.ComponentResourceOptions) {
    assertBackPressureArgs(name, args);
    super("queuefleet:back-pressure:BackPressure", name, {}, opts);
    const { deployment, functionName, metricsNamespace, alerting } = args;
    const bundledFunction = new BundledFunction(
      name,
      {
        deployment,
        functionName,
        entry: join(__dirname, "breaker/handler.ts"),
        timeoutSeconds: leaseSeconds - 5,
        variables: {
          WORKERS: pulumi.jsonStringify(
            Object.fromEntries(Object.entries(args.workers).map(([key, w]) => [key, described(w)])),
          ),
          STATE_TABLE: args.stateTable.tableName,
          METRICS_NAMESPACE: metricsNamespace,
        },
        rights: { name: "back-pressure", statements: rights(args) },
        logRetentionDays: args.logRetentionDays,
      },
      this,
    );
    const ticks = schedule(
      `${name}-tick`,
      {
        deployment,
        scheduleName: functionName,
        expression: "rate(1 minute)",
        target: bundledFunction,
        input: { tick: true } satisfies BackPressureCall,
        firstCall: true,
        description: "Looks whether paused workers can work again, and reports their state.",
      },
      this,
    );
    this.settled = new aws.lambda.Invocation(
      `${name}-settle`,
      {
        functionName: bundledFunction.functionName,
        qualifier: bundledFunction.alias,
        input: JSON.stringify({ settle: true } satisfies BackPressureCall),
        triggers: { version: bundledFunction.version },
      },
      { parent: this },
    );
    for (const [key, mustBeEmpty] of Object.entries(args.deleted ?? {})) {
      // Pulumi deletes after everything else, and only if nothing failed.
      new aws.lambda.Invocation(
        `${name}-${key}-is-empty`,
        {
          functionName: bundledFunction.functionName,
          qualifier: bundledFunction.alias,
          input: JSON.stringify({ mustBeEmpty } satisfies BackPressureCall),
        },
        { parent: this },
      );
    }
    this.key = name;
    this.output = { functions: { [name]: bundledFunction.output } };
    const watching = {
      pauseAlarmMinutes: args.pauseAlarmMinutes ?? backPressureDefaults.pauseAlarmMinutes,
      command: `aws logs tail /aws/lambda/${functionName} --since 1h --region ${deployment.region}`,
    };
    this.alarms = Object.keys(args.workers).flatMap((worker) =>
      backPressureAlarms(metricsNamespace, worker, watching).map(
        (spec) =>
          createAlarm(
            `${name}-${worker}-${spec.key}`,
            spec,
            // Before the first tick all data is missing, which breaches.
            { subject: `${functionName}-${worker}`, deployment, alerting, after: [ticks] },
            this,
          ).deployed,
      ),
    );
    const lines = (kind: "paused" | "disabled") =>
      Object.keys(args.workers).map((worker) => ({
        metric: backPressureMetric(metricsNamespace, worker, kind),
        label: worker,
      }));
    this.widgets = [
      graph("Paused because the API fails", deployment.region, lines("paused")),
      graph("Disabled by AWS or by hand", deployment.region, lines("disabled")),
    ];
    this.registerOutputs({ alias: bundledFunction.aliasArn });
  }
}

/** A worker in the form of contracts/back-pressure.ts. */
const described = ({ mappings, maximumConcurrency, probe }: PausableWorker) => ({
  mappings: mappings.map(({ uuid, source: { queue, after = [], standby } }) => ({
    uuid,
    queueUrl: queue.url,
    ...(maximumConcurrency !== undefined && { maximumConcurrency }),
    after: after.map(({ url }) => url),
    ...(standby === true && { standby }),
  })),
  ...(probe && { probe }),
});

function rights({ deployment, workers, stateTable, deleted }: BackPressureArgs): Statement[] {
  const deletedQueues = Object.values(deleted ?? {}).flat();
  const mappings = Object.values(workers).flatMap((worker) => [...worker.mappings]);
  const queues = mappings.flatMap(({ source: { queue, after = [] } }) => [queue, ...after]);
  return [
    allow(
      "PauseWorkers",
      ["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"],
      mappings.map(({ arn }) => arn),
    ),
    allow("CountMessages", ["sqs:GetQueueAttributes"], [...new Set(queues.map(({ arn }) => arn))]),
    ...(deletedQueues.length === 0
      ? []
      : [
          allow(
            "CountMessagesOfDeleted",
            ["sqs:GetQueueUrl", "sqs:GetQueueAttributes"],
            deletedQueues.map((queueName) => arnOf(deployment, "sqs", queueName)),
          ),
        ]),
    allow("KeepBreakers", ["dynamodb:GetItem", "dynamodb:UpdateItem"], stateTable.arn, {
      "ForAllValues:StringEquals": {
        "dynamodb:LeadingKeys": Object.keys(workers).map(stateKeys.breaker),
      },
    }),
  ];
}
