import { createRequire } from "node:module";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ExtractionRequest } from "./extract";
import type { ExtractionAnswer } from "./thread";

/** How often the memory of a busy thread is checked. Between two checks, a buffer that doubles exceeds the limit at
 *  most twofold. */
const memoryCheckMs = 100;

const mebibyte = 1024 * 1024;

/** A thread that reads one file at a time. After a file that needed too much, the thread has ended. */
export class ExtractionThread {
  private readonly worker: Worker;
  /** Why the thread can take no more work; undefined while it can. */
  ended: string | undefined;

  constructor(private readonly maxMemoryMebibytes: number) {
    const { script, execArgv } = threadProgram();
    this.worker = new Worker(script, {
      execArgv,
      resourceLimits: { maxOldGenerationSizeMb: maxMemoryMebibytes },
    });
    // An idle thread is no reason for a process to go on; it may also die without work.
    this.worker.unref();
    this.worker.on("error", () => (this.ended ??= "it failed"));
    this.worker.on("exit", () => (this.ended ??= "it ended"));
  }

  /** Answers, or says that the file took too much memory. When the signal aborts, the thread ends and
   *  the signal's reason is thrown. */
  async run(request: ExtractionRequest, signal: AbortSignal): Promise<ExtractionAnswer> {
    signal.throwIfAborted();
    const tooMuch = {
      fault: `needs more than ${this.maxMemoryMebibytes} MiB of memory to read`,
    };
    const done = new AbortController();
    try {
      return await new Promise<ExtractionAnswer>((resolve, reject) => {
        const whileRunning = { once: true, signal: done.signal };
        signal.addEventListener("abort", () => reject(signal.reason as Error), whileRunning);
        this.listen(done.signal, {
          message: resolve,
          error: (error) => (isOutOfMemory(error) ? resolve(tooMuch) : reject(error)),
          exit: () => reject(new Error("the thread that read the file ended")),
        });
        this.watchMemory(done.signal, () => {
          this.ended = "it took too much memory";
          resolve(tooMuch);
        });
        this.worker.postMessage(request);
      });
    } catch (error) {
      this.ended ??= "its work was broken off";
      throw error;
    } finally {
      done.abort();
      if (this.ended !== undefined) await this.close();
    }
  }

  async close(): Promise<void> {
    this.ended ??= "it was closed";
    await this.worker.terminate();
  }

  private listen(
    until: AbortSignal,
    handlers: {
      message: (answer: ExtractionAnswer) => void;
      error: (error: Error) => void;
      exit: () => void;
    },
  ): void {
    const { message, error, exit } = handlers;
    this.worker.on("message", message).on("error", error).on("exit", exit).ref();
    until.addEventListener("abort", () => {
      this.worker.off("message", message).off("error", error).off("exit", exit).unref();
    });
  }

  /** The resource limits of a thread do not count buffers, which is what inflating a stream fills. */
  private watchMemory(until: AbortSignal, onTooMuch: () => void): void {
    const timer = setInterval(() => {
      void this.worker.getHeapStatistics().then(
        ({ used_heap_size: heap, external_memory: buffers }) => {
          if (!until.aborted && heap + buffers > this.maxMemoryMebibytes * mebibyte) onTooMuch();
        },
        // The thread has ended, which its own event reports.
        () => undefined,
      );
    }, memoryCheckMs);
    until.addEventListener("abort", () => clearInterval(timer));
  }
}

function isOutOfMemory(error: Error): boolean {
  return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

/** The bundle is one file that starts itself as a thread; sources run as they are through tsx. */
function threadProgram(): { script: string; execArgv: string[] } {
  if (!__filename.endsWith(".ts")) return { script: __filename, execArgv: [] };
  const tsx = createRequire(__filename).resolve("tsx/cjs");
  return { script: join(__dirname, "thread-entry.ts"), execArgv: ["--require", tsx] };
}
