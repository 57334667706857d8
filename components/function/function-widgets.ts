import { graph, type Line, type Widget } from "../dashboard/widgets";
import { lambdaMetric, recordMetric, type WatchedFunction } from "./function-alarms";

/** Graphs of a function: calls and errors, duration, and the records if it works on a queue. */
export function functionWidgets(watched: WatchedFunction, region: string): Widget[] {
  const { functionName, timeoutSeconds, recordsNamespace } = watched;
  const line = (name: string, statistic: string, label: string): Line => ({
    metric: lambdaMetric(functionName, name, statistic),
    label,
  });
  const records =
    recordsNamespace === undefined
      ? []
      : [
          {
            metric: recordMetric(recordsNamespace, functionName, "recordsProcessed"),
            label: "records processed",
          },
          {
            metric: recordMetric(recordsNamespace, functionName, "recordsFailed"),
            label: "records failed",
          },
        ];
  return [
    graph("Calls", region, [
      line("Invocations", "Sum", "calls"),
      line("Errors", "Sum", "errors"),
      line("Throttles", "Sum", "throttled"),
      ...records,
    ]),
    graph(
      "Duration (ms)",
      region,
      [line("Duration", "p50", "half"), line("Duration", "p99", "99 %")],
      [{ label: "timeout", value: timeoutSeconds * 1000 }],
    ),
  ];
}
