import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { messageCheckWaitSeconds, type MessageCheckRequest } from "../../contracts/message-check";
import type { DeployedAlarm } from "../alarms/create-alarm";
import type { Widget } from "../dashboard/widgets";
import { arnOf, type Deployment } from "../deployment";
import type { Described, OutputPart, Unresolved } from "../described";
import { BundledFunction, liveAlias } from "../function/bundled-function";
import { allow } from "../iam";
import type { LambdaWorker } from "../lambda-worker";
import type { StateTable } from "../state-table";

export interface MessageCheckArgs {
  deployment: Deployment;
  functionName: string;
  workers: readonly LambdaWorker[];
  stateTable: StateTable;
  logRetentionDays?: number;
}

/** After a worker's new version has its alias, sends a test message through its queue. If the version does not receive it,
 *  the alias goes back to the last version that passed, and the update fails. */
export class MessageCheck extends pulumi.ComponentResource implements Described {
  readonly key: string;
  readonly output: OutputPart;
  readonly alarms: DeployedAlarm[] = [];
  readonly widgets: Widget[] = [];

  constructor(name: string, args: MessageCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    super("queuefleet:message-check:MessageCheck", name, {}, opts);
    const { deployment, functionName, workers, stateTable } = args;
    const checker = new BundledFunction(
      name,
      {
        deployment,
        functionName,
        entry: join(__dirname, "function/handler.ts"),
        timeoutSeconds: 900,
        variables: { STATE_TABLE: stateTable.tableName, ALIAS: liveAlias },
        rights: { name: "message-check", statements: rights(args) },
        logRetentionDays: args.logRetentionDays,
      },
      this,
    );
    for (const worker of workers) {
      const [mapping] = worker.mappings;
      if (mapping === undefined) throw new Error(`The worker "${worker.key}" has no mapping.`);
      const { queue } = mapping.source;
      const request: Unresolved<MessageCheckRequest> = {
        functionName: worker.bundledFunction.functionName,
        version: worker.bundledFunction.version,
        mappingUuid: mapping.uuid,
        queueUrl: queue.url,
        waitSeconds: messageCheckWaitSeconds(queue.jobTimeoutSeconds),
        rollBack: true,
      };
      new aws.lambda.Invocation(
        `${name}-${worker.key}`,
        {
          functionName: checker.functionName,
          qualifier: checker.alias,
          input: pulumi.jsonStringify(request),
          triggers: { version: worker.bundledFunction.version },
        },
        // The mapping calls the alias, so its ARN is not enough to know the order.
        { parent: this, dependsOn: [worker, stateTable.resource] },
      );
    }
    this.key = name;
    this.output = { functions: { [name]: checker.output } };
    this.registerOutputs({});
  }
}

function rights({ deployment, workers, stateTable }: MessageCheckArgs) {
  const mappings = workers.flatMap((worker) => worker.mappings);
  return [
    allow(
      "SeeAndMoveAliases",
      ["lambda:GetAlias", "lambda:UpdateAlias"],
      workers.map(({ bundledFunction }) =>
        arnOf(deployment, "lambda", `function:${bundledFunction.functionName}`),
      ),
    ),
    allow(
      "SeeMappings",
      ["lambda:GetEventSourceMapping"],
      mappings.map(({ arn }) => arn),
    ),
    allow(
      "SendTestMessages",
      ["sqs:SendMessage"],
      mappings.map(({ source }) => source.queue.arn),
    ),
    allow("SeeMarks", ["dynamodb:GetItem", "dynamodb:PutItem"], stateTable.arn),
  ];
}
