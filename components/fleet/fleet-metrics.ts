import { workerMetricsDimension } from "../../contracts/worker-metrics";
import type { Metric } from "../alarms/alarm-spec";

/** Identifies the metrics of a fleet. */
export interface FleetSubject {
  autoScalingGroupName: string;
  queueName: string;
  metricsNamespace: string;
}

export const workerMetric = (
  { metricsNamespace, queueName }: FleetSubject,
  name: string,
  statistic: string,
): Metric => ({
  namespace: metricsNamespace,
  name,
  statistic,
  dimensions: { [workerMetricsDimension]: queueName },
});

export const machinesInService = ({
  autoScalingGroupName,
}: Pick<FleetSubject, "autoScalingGroupName">): Metric => ({
  namespace: "AWS/AutoScaling",
  name: "GroupInServiceInstances",
  statistic: "Maximum",
  dimensions: { AutoScalingGroupName: autoScalingGroupName },
});

/** Machines that were launched and are not in service yet. The minimum: one was pending all the time. */
export const machinesPending = ({
  autoScalingGroupName,
}: Pick<FleetSubject, "autoScalingGroupName">): Metric => ({
  namespace: "AWS/AutoScaling",
  name: "GroupPendingInstances",
  statistic: "Minimum",
  dimensions: { AutoScalingGroupName: autoScalingGroupName },
});

/** The metric in which the log group's filter counts the lines of workers that ended by a fault. */
export const crashes = ({ metricsNamespace, autoScalingGroupName }: FleetSubject): Metric => ({
  namespace: metricsNamespace,
  name: `Crashes-${autoScalingGroupName}`,
  statistic: "Sum",
  dimensions: {},
});

/** The metric in which the log group's filter counts error lines. */
export const errorLogs = ({ metricsNamespace, autoScalingGroupName }: FleetSubject): Metric => ({
  namespace: metricsNamespace,
  name: `ErrorLogs-${autoScalingGroupName}`,
  statistic: "Sum",
  dimensions: {},
});
