export interface StepReport {
  /** Undefined if the step is for all systems. */
  system: string | undefined;
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
  /** From the start to the end of the last step. Steps of different systems run at the same time. */
  seconds: number;
  steps: StepReport[];
  /** By name. */
  systems: Record<string, SystemReport>;
  /** What ran: the commit and the versions, by name. */
  versions: Record<string, string>;
}

export interface SystemReport {
  /** Numbers by their labels. */
  counts: Record<string, number>;
  deadLetters: DeadLetter[];
  alarms: AlarmState[];
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
