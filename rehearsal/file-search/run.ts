import type { RehearsalFile } from "../files";
import type { Step } from "../steps/step";
import type { Deployed, SystemRun } from "../system-run";

/** The results that the steps of file-search record. */
interface FileSearchResults extends Deployed {
  files: readonly RehearsalFile[];
  indexed: number;
  deadLettered: number;
  skipped: number;
  leftInQueue: number;
  processedTwice: number;
}

export type FileSearchRun = SystemRun<FileSearchResults>;
export type FileSearchStep = Step<FileSearchResults>;
