import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { workerMetrics } from "../../contracts/worker-metrics";
import type { DeployedAlarm } from "../alarms/create-alarm";
import { machinesInService, workerMetric } from "../alarms/fleet-alarms";
import { sqsMetric } from "../alarms/queue-alarms";
import type { Deployment } from "../deployment";
import type { WorkerFleet } from "../fleet";
import type { MonitoredQueue } from "../queue";
import { arrange, graph, type Line, type Widget } from "./widgets";

export interface SystemDashboardArgs {
  deployment: Deployment;
  dashboardName: string;
  queue: MonitoredQueue;
  fleet: WorkerFleet;
  alarms: DeployedAlarm[];
}

function widgets(args: SystemDashboardArgs): Widget[] {
  const { deployment, queue, fleet } = args;
  const { region } = deployment;
  const sqs = (queueName: string, name: string, statistic: string, label: string): Line => ({
    metric: sqsMetric(queueName, name, statistic),
    label,
  });
  const worker = (name: string, statistic: string, label: string): Line => ({
    metric: workerMetric(
      { metricsNamespace: fleet.metricsNamespace, queueName: queue.queueName },
      name,
      statistic,
    ),
    label,
  });
  const visible = "ApproximateNumberOfMessagesVisible";
  const inFlight = "ApproximateNumberOfMessagesNotVisible";
  const { depth, deadLetters, oldestMessageAgeSeconds } = queue.thresholds;
  const levels = ({ warning, critical }: { warning: number; critical: number }) => [
    { label: "warning", value: warning },
    { label: "critical", value: critical },
  ];
  return [
    {
      type: "alarm",
      width: 24,
      height: 4,
      properties: { title: "Alarms", alarms: args.alarms.map(({ arn }) => arn) },
    },
    graph(
      "Queue",
      region,
      [
        sqs(queue.queueName, visible, "Maximum", "waiting"),
        sqs(queue.queueName, inFlight, "Maximum", "in work"),
      ],
      { levels: levels(depth) },
    ),
    graph(
      "Dead letters",
      region,
      [sqs(queue.deadLetterQueueName, visible, "Maximum", "dead letters")],
      { levels: levels(deadLetters) },
    ),
    graph(
      "Oldest message (s)",
      region,
      [sqs(queue.queueName, "ApproximateAgeOfOldestMessage", "Maximum", "age")],
      { levels: [{ label: "warning", value: oldestMessageAgeSeconds }] },
    ),
    graph("Messages", region, [
      sqs(queue.queueName, "NumberOfMessagesSent", "Sum", "sent"),
      sqs(queue.queueName, "NumberOfMessagesReceived", "Sum", "received"),
      sqs(queue.queueName, "NumberOfMessagesDeleted", "Sum", "deleted"),
    ]),
    graph("Files", region, [
      worker(workerMetrics.filesProcessed, "Sum", "processed"),
      worker(workerMetrics.filesFailed, "Sum", "failed"),
      worker(workerMetrics.deleteFailed, "Sum", "delete failed"),
    ]),
    graph("Seconds per file, and until indexed", region, [
      worker(workerMetrics.processingSeconds, "p50", "work p50"),
      worker(workerMetrics.processingSeconds, "p99", "work p99"),
      worker(workerMetrics.indexingLagSeconds, "p50", "indexed p50"),
      worker(workerMetrics.indexingLagSeconds, "p99", "indexed p99"),
    ]),
    graph("Machines", region, [
      { metric: machinesInService(fleet.autoScalingGroupName), label: "in service" },
    ]),
    graph("Error logs", region, [
      { metric: { ...fleet.errorLogs, statistic: "Sum", dimensions: {} }, label: "errors" },
    ]),
    {
      type: "log",
      width: 8,
      height: 6,
      properties: {
        title: "Latest errors",
        region,
        view: "table",
        query: `SOURCE '${fleet.logGroupName}' | fields @timestamp, msg, @message | filter level in ["error", "fatal"] | sort @timestamp desc | limit 20`,
      },
    },
  ];
}

/** The one page to look at: is it filling up, does it get done, by how many, with what errors. */
export function systemDashboard(
  name: string,
  args: SystemDashboardArgs,
  opts?: pulumi.CustomResourceOptions,
): aws.cloudwatch.Dashboard {
  const dashboardBody = JSON.stringify({ widgets: arrange(widgets(args)) });
  return new aws.cloudwatch.Dashboard(
    name,
    { dashboardName: args.dashboardName, dashboardBody },
    opts,
  );
}
