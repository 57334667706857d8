import { parentPort } from "node:worker_threads";
import { type Extraction, type ExtractionRequest, extract } from "./extract";
import { FileFault } from "./file-fault";

/** An error loses its class between threads, so the file's fault travels as a value. */
export type ExtractionAnswer =
  | { extraction: Extraction }
  | { fault: string }
  /** Not the file's fault: a disk that cannot be read. */
  | { error: Error };

/** What runs in an extraction thread: one file after the other. */
export function serveExtraction(): void {
  parentPort?.on("message", (request: ExtractionRequest) => {
    void answer(request).then((answered) => parentPort?.postMessage(answered));
  });
}

async function answer(request: ExtractionRequest): Promise<ExtractionAnswer> {
  try {
    return { extraction: await extract(request) };
  } catch (error) {
    if (error instanceof FileFault) return { fault: error.message };
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}
