import pLimit, { type LimitFunction } from "p-limit";
import { PermanentError } from "../job/errors";
import type { Extraction, ExtractionRequest } from "./extract";
import { ExtractionThread } from "./extraction-thread";
import type { ExtractionLimits } from "./limits";

export interface ExtractorOptions {
  limits: ExtractionLimits;
  /** Files read at once. */
  threads: number;
}

/** Reads files in threads of their own: a malicious file may use up its thread's time and memory, never
 *  the worker's. */
export class Extractor {
  private readonly inTurn: LimitFunction;
  private readonly threads = new Set<ExtractionThread>();
  private readonly idle: ExtractionThread[] = [];

  constructor(private readonly options: ExtractorOptions) {
    this.inTurn = pLimit(options.threads);
  }

  /** Throws a PermanentError when the file is at fault or needs more than the limits allow. */
  extract(file: Omit<ExtractionRequest, "limits">, signal: AbortSignal): Promise<Extraction> {
    return this.inTurn(() => this.extractNow(file, signal));
  }

  async close(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.close()));
  }

  private async extractNow(
    file: Omit<ExtractionRequest, "limits">,
    signal: AbortSignal,
  ): Promise<Extraction> {
    const { limits } = this.options;
    signal.throwIfAborted();
    const timeout = AbortSignal.timeout(limits.timeoutSeconds * 1000);
    const thread = this.takeThread();
    try {
      const answer = await thread.run({ ...file, limits }, AbortSignal.any([signal, timeout]));
      if ("fault" in answer) throw new PermanentError(`the file ${answer.fault}`);
      if ("error" in answer) throw answer.error;
      return answer.extraction;
    } catch (error) {
      if (error !== timeout.reason) throw error;
      throw new PermanentError(`the file takes longer than ${limits.timeoutSeconds} s to read`);
    } finally {
      if (thread.ended === undefined) this.idle.push(thread);
      else this.threads.delete(thread);
    }
  }

  private takeThread(): ExtractionThread {
    for (let thread = this.idle.pop(); thread !== undefined; thread = this.idle.pop()) {
      if (thread.ended === undefined) return thread;
      this.threads.delete(thread);
    }
    const thread = new ExtractionThread(this.options.limits.maxMemoryMebibytes);
    this.threads.add(thread);
    return thread;
  }
}
