export interface StepReport {
  name: string;
  outcome: "passed" | "failed" | "not run";
  /** Seconds since the start of the rehearsal. Undefined if the step was not run. */
  startedAt: number | undefined;
  seconds: number;
  /** The result of the step, or why it failed or was not run. */
  detail: string;
}

/** The content of `report.json`. */
export interface Report {
  ok: boolean;
  steps: StepReport[];
  counts: Counts;
  deadLetters: DeadLetter[];
  alarms: AlarmState[];
  /** What ran: the commit and the versions, by name. */
  versions: Record<string, string>;
}

export interface Counts {
  uploaded: number;
  indexed: number;
  deadLettered: number;
  /** No documents. */
  skipped: number;
  leftInQueue: number;
  /** Files that the worker finished more than once. */
  processedTwice: number;
  resources: number;
}

export interface DeadLetter {
  key: string;
  reason: string;
}

/** An alarm at the end of the rehearsal. */
export interface AlarmState {
  name: string;
  severity: string;
  /** "OK", "ALARM" or "INSUFFICIENT_DATA". */
  state: string;
  meaning: string;
  runbookUrl: string;
}
