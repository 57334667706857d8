export interface StepReport {
  name: string;
  ok: boolean;
  seconds: number;
  /** The result of the step, or why it failed. */
  detail: string;
}

/** The content of `report.json`. */
export interface Report {
  ok: boolean;
  steps: StepReport[];
  counts: Counts;
}

export interface Counts {
  uploaded: number;
  indexed: number;
  deadLettered: number;
  leftInQueue: number;
  /** Files that the worker finished more than once. */
  processedTwice: number;
  resources: number;
}
