import { errorLogLevels } from "../../contracts/worker-logs";
import { workerMetrics } from "../../contracts/worker-metrics";
import { graph, type Line, type Widget } from "../dashboard/widgets";
import { errorLogs, machinesInService, workerMetric, type FleetSubject } from "./fleet-metrics";

/** Graphs of a fleet: files, times, machines, errors. */
export function fleetWidgets(fleet: FleetSubject, logGroupName: string, region: string): Widget[] {
  const worker = (name: string, statistic: string, label: string): Line => ({
    metric: workerMetric(fleet, name, statistic),
    label,
  });
  return [
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
    graph("Machines", region, [{ metric: machinesInService(fleet), label: "in service" }]),
    graph("Error logs", region, [{ metric: errorLogs(fleet), label: "errors" }]),
    {
      type: "log",
      width: 8,
      height: 6,
      properties: {
        title: "Latest errors",
        region,
        view: "table",
        query:
          `SOURCE '${logGroupName}' | fields @timestamp, msg, @message ` +
          `| filter level in [${errorLogLevels.map((level) => `"${level}"`).join(", ")}] ` +
          "| sort @timestamp desc | limit 20",
      },
    },
  ];
}
