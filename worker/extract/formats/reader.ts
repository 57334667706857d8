import type { ExtractedText } from "../document";
import type { ExtractionLimits } from "../limits";

export interface FileToRead {
  path: string;
  bytes: number;
  /** As the object's sender declared it, with its charset parameter if it has one. */
  contentType: string;
  limits: ExtractionLimits;
}

/** Reads one format. Throws a FileFault when the file is not what it should be. */
export type FormatReader = (file: FileToRead) => Promise<ExtractedText>;
