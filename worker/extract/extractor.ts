import { createRequire } from "node:module";
import { join } from "node:path";
import { type Pool, Promise as Task, pool } from "workerpool";
import { PermanentError } from "../errors";
import type { Extraction, ExtractionRequest } from "./extract";
import type { ExtractionLimits } from "./limits";
import type { ExtractionAnswer } from "./thread";

export interface ExtractorOptions {
  limits: ExtractionLimits;
  /** Files read at once. */
  threads: number;
}

/** Reads files in threads of their own: a hostile file may take its thread's time and memory, never
 *  the worker's. */
export class Extractor {
  private readonly pool: Pool;

  constructor(private readonly options: ExtractorOptions) {
    const { script, execArgv } = threadProgram();
    this.pool = pool(script, {
      workerType: "thread",
      maxWorkers: options.threads,
      workerThreadOpts: {
        execArgv,
        resourceLimits: { maxOldGenerationSizeMb: options.limits.maxMemoryMebibytes },
      },
    });
  }

  /** Throws a PermanentError when the file is at fault or needs more than the limits allow. */
  async extract(file: Omit<ExtractionRequest, "limits">, signal: AbortSignal): Promise<Extraction> {
    signal.throwIfAborted();
    const { limits } = this.options;
    const task = this.pool.exec("extract", [{ ...file, limits }]);
    task.timeout(limits.timeoutSeconds * 1000);
    const cancel = () => void task.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      const answer = (await task) as ExtractionAnswer;
      if ("fault" in answer) throw new PermanentError(`the file ${answer.fault}`);
      return answer.extraction;
    } catch (error) {
      signal.throwIfAborted();
      throw asPermanent(error, limits);
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  async close(): Promise<void> {
    await this.pool.terminate(true);
  }
}

function asPermanent(error: unknown, limits: ExtractionLimits): unknown {
  if (error instanceof Task.TimeoutError) {
    return new PermanentError(`the file takes longer than ${limits.timeoutSeconds} s to read`);
  }
  if (error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
    return new PermanentError(
      `the file needs more than ${limits.maxMemoryMebibytes} MiB of memory to read`,
    );
  }
  return error;
}

/** The bundle is one file that starts itself as a thread; sources run as they are through tsx. */
function threadProgram(): { script: string; execArgv: string[] } {
  if (!__filename.endsWith(".ts")) return { script: __filename, execArgv: [] };
  const tsx = createRequire(__filename).resolve("tsx/cjs");
  return { script: join(__dirname, "thread-entry.ts"), execArgv: ["--require", tsx] };
}
