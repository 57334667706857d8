import * as pulumi from "@pulumi/pulumi";
import type { Alerting } from "../alarms/alerting";
import { createAlarm, type DeployedAlarm } from "../alarms/create-alarm";
import type { Widget } from "../dashboard/widgets";
import type { Described, OutputPart } from "../described";
import { BundledFunction } from "./bundled-function";
import { failedCalls } from "./failed-calls";
import { functionAlarms, type FunctionThresholds } from "./function-alarms";
import type { BundledFunctionArgs } from "./function-arguments";
import { functionWidgets } from "./function-widgets";

export interface MonitoredFunctionArgs extends Omit<BundledFunctionArgs, "failedCalls"> {
  alerting: Alerting;
  thresholds?: Partial<FunctionThresholds>;
  /** Whether the function has a dead-letter queue for calls that failed permanently. Calls by events (S3, schedules) need
   *  one. Default true. */
  keepsFailedCalls?: boolean;
}

/** A function with alarms on its error rate, duration and throttles, and a dead-letter queue for the calls that failed. */
export class MonitoredFunction extends pulumi.ComponentResource implements Described {
  readonly key: string;
  readonly bundledFunction: BundledFunction;
  readonly output: OutputPart;
  readonly alarms: DeployedAlarm[];
  readonly widgets: Widget[];

  constructor(name: string, args: MonitoredFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("queuefleet:function:MonitoredFunction", name, {}, opts);
    const { deployment, functionName, alerting } = args;
    const failed =
      args.keepsFailedCalls === false
        ? undefined
        : failedCalls(
            name,
            {
              deployment,
              functionName,
              topicArns: [],
              alerting,
              alarm: {
                key: "failed-calls",
                runbook: "function-failed-calls",
                meaning: {
                  en: "Calls of the function failed permanently. Their events wait in its dead-letter queue.",
                  ja: "関数の呼び出しに失敗したイベントがデッドレターキューにあります。",
                },
              },
            },
            this,
          );
    this.key = name;
    this.bundledFunction = new BundledFunction(name, { ...args, failedCalls: failed }, this);
    this.output = { functions: { [name]: this.bundledFunction.output } };
    this.alarms = [
      ...(failed === undefined ? [] : [failed.alarm]),
      ...functionAlarms(args, args.thresholds).map(
        (spec) =>
          createAlarm(`${name}-${spec.key}`, spec, { subject: functionName, ...args }, this)
            .deployed,
      ),
    ];
    this.widgets = functionWidgets(args, deployment.region);
    this.registerOutputs({ alias: this.bundledFunction.aliasArn });
  }
}
