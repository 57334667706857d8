import { functionMetrics, functionMetricsDimension } from "../../contracts/function-metrics";
import type { AlarmSpec, Metric } from "../alarms/alarm-spec";

export interface FunctionThresholds {
  /** Percent of calls, or of records, that may fail. Default 10. */
  errorRatePercent: number;
  /** Failures in 5 minutes below which the rate means nothing: a single bad record fails once in a period. Default 2. */
  minimumErrors: number;
}

export const defaultFunctionThresholds: FunctionThresholds = {
  errorRatePercent: 10,
  minimumErrors: 2,
};

/** What the alarms of a function are made from. */
export interface WatchedFunction {
  functionName: string;
  timeoutSeconds: number;
  /** Where the function counts its records, if it works on a queue. */
  recordsNamespace?: string;
}

const periodSeconds = 300;

/** A metric that Lambda publishes for all versions of a function. */
export const lambdaMetric = (functionName: string, name: string, statistic: string): Metric => ({
  namespace: "AWS/Lambda",
  name,
  statistic,
  dimensions: { FunctionName: functionName },
});

/** A metric that the function's batch handler reports. */
export const recordMetric = (
  namespace: string,
  functionName: string,
  kind: keyof typeof functionMetrics,
): Metric => ({
  namespace,
  name: functionMetrics[kind],
  statistic: "Sum",
  dimensions: { [functionMetricsDimension]: functionName },
});

/** For a batch in which records failed, Lambda counts no error. So the rate of failed records counts too. */
function errorRate(
  { functionName, recordsNamespace }: WatchedFunction,
  { errorRatePercent, minimumErrors }: FunctionThresholds,
): AlarmSpec {
  const calls = {
    errors: lambdaMetric(functionName, "Errors", "Sum"),
    invocations: lambdaMetric(functionName, "Invocations", "Sum"),
  };
  const ofCalls = "100 * errors / invocations";
  const measure =
    recordsNamespace === undefined
      ? {
          expression: `IF(FILL(errors, 0) >= ${minimumErrors}, ${ofCalls}, 0)`,
          metrics: calls,
        }
      : {
          expression:
            `IF(FILL(errors, 0) + FILL(failed, 0) >= ${minimumErrors}, ` +
            `MAX([FILL(${ofCalls}, 0), FILL(100 * failed / (failed + FILL(processed, 0)), 0)]), 0)`,
          metrics: {
            ...calls,
            failed: recordMetric(recordsNamespace, functionName, "recordsFailed"),
            processed: recordMetric(recordsNamespace, functionName, "recordsProcessed"),
          },
        };
  return {
    ...measure,
    label: "failed (%)",
    key: "error-rate",
    severity: "critical",
    runbook: "function-errors",
    meaning: {
      en: "The function fails: it cannot start, ends with an error or takes too long, or its records fail.",
      ja: "関数が失敗しています。起動エラー、実行エラー、タイムアウト、またはレコードの処理失敗です。",
    },
    threshold: { above: errorRatePercent },
    datapoints: { breaching: 3, of: 12, periodSeconds },
    missingData: "notBreaching",
  };
}

const nearTimeout = ({ functionName, timeoutSeconds }: WatchedFunction): AlarmSpec => ({
  key: "duration",
  severity: "warning",
  runbook: "function-duration",
  meaning: {
    en: "Calls take almost as long as the function's timeout. Soon they will be cut off.",
    ja: "実行時間が関数のタイムアウトに近づいています。まもなく処理が打ち切られます。",
  },
  metric: lambdaMetric(functionName, "Duration", "p99"),
  // Milliseconds.
  threshold: { above: 0.9 * timeoutSeconds * 1000 },
  datapoints: { breaching: 3, of: 12, periodSeconds },
  missingData: "notBreaching",
});

const throttled = ({ functionName }: WatchedFunction): AlarmSpec => ({
  key: "throttles",
  severity: "warning",
  runbook: "function-throttles",
  meaning: {
    en: "Lambda refuses calls of the function: its reserved concurrency or the account's is used up. Messages that are refused use up their receive counts.",
    ja: "同時実行数の上限により、関数の呼び出しが拒否されています。拒否されたメッセージも受信回数を消費します。",
  },
  metric: lambdaMetric(functionName, "Throttles", "Sum"),
  threshold: { atLeast: 1 },
  datapoints: { breaching: 3, of: 12, periodSeconds },
  missingData: "notBreaching",
});

/** Every alarm of a function. */
export const functionAlarms = (
  watched: WatchedFunction,
  thresholds: Partial<FunctionThresholds> = {},
): AlarmSpec[] => [
  errorRate(watched, { ...defaultFunctionThresholds, ...thresholds }),
  nearTimeout(watched),
  throttled(watched),
];
