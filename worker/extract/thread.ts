import { worker } from "workerpool";
import { type Extraction, type ExtractionRequest, extract } from "./extract";
import { FileFault } from "./file-fault";

/** An error loses its class between threads, so a fault of the file travels as a value. */
export type ExtractionAnswer = { extraction: Extraction } | { fault: string };

/** What runs in a thread of the extractor's pool. */
export function serveExtraction(): void {
  worker({ extract: answer });
}

async function answer(request: ExtractionRequest): Promise<ExtractionAnswer> {
  try {
    return { extraction: await extract(request) };
  } catch (error) {
    if (error instanceof FileFault) return { fault: error.message };
    throw error;
  }
}
