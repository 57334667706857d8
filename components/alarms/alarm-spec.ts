export type Severity = "warning" | "critical";
export type Language = "en" | "ja";

export interface Metric {
  namespace: string;
  name: string;
  /** "Maximum", "Sum", "p99" … */
  statistic: string;
  dimensions: Record<string, string>;
}

/** One metric, or a metric-math expression over several named ones. */
export type Measure =
  { metric: Metric } | { expression: string; label: string; metrics: Record<string, Metric> };

/** `above` excludes the bound, `atLeast` includes it; below and atMost likewise. */
export type Threshold =
  { above: number } | { atLeast: number } | { below: number } | { atMost: number };

/** An alarm as data. */
export type AlarmSpec = Measure & {
  /** Unique for each watched resource. The keys of the two levels of one measure end in "-warning" and
   *  "-critical": the notifier recognises a pair by these endings. */
  key: string;
  severity: Severity;
  /** File in docs/runbooks, without ".md". */
  runbook: string;
  /** What it means for the team that must act. */
  meaning: Record<Language, string>;
  /** A command to look closer, which changes nothing. Not set: the notifier chooses one by the metric. */
  command?: string;
  threshold: Threshold;
  datapoints: { breaching: number; of: number; periodSeconds: number };
  missingData: "notBreaching" | "breaching" | "ignore";
};

/** Key of the alarms on a dead-letter queue, without its level. The notifier says when their value rises further. */
export const deadLettersKey = "dlq-depth";
