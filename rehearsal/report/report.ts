export interface StepReport {
  name: string;
  ok: boolean;
  seconds: number;
  /** What the step saw, or why it failed. */
  detail: string;
}

/** `report.json`: what a machine reads of a rehearsal. */
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
