/** Aborts one job: an AbortController that costs nothing until the processor asks for its signal, and
 *  whose consumer hears of it without an event. */
export class JobAbort {
  reason: unknown;
  isAborted = false;
  /** Called once, when the job is aborted. */
  onAbort: (() => void) | undefined;
  private controller: AbortController | undefined;

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.isAborted) {
        this.controller.abort(this.reason);
      }
    }
    return this.controller.signal;
  }

  abort(reason: Error): void {
    if (!this.isAborted) {
      this.isAborted = true;
      this.reason = reason;
      this.controller?.abort(reason);
      this.onAbort?.();
    }
  }
}
