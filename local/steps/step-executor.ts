import { ResourceInitError } from "../provider-client/provider";
import { Secret } from "../values/property-value";
import type { Reporter } from "./reporter";
import type { ResourceState } from "../state/resource-state";
import type { SnapshotManager } from "../state/snapshot";
import { ProtectedError } from "./delete";
import { ImportStep } from "./import";
import { RefreshStep } from "./refresh";
import type { Step, StepContext } from "./step";

export interface ExecutorOptions {
  parallel: number;
  context: StepContext;
  reporter: Reporter;
  /** Not set in a preview. */
  snapshot: SnapshotManager | undefined;
  /** The steps are independent, so a failure does not stop the others. */
  isIndependent?: boolean;
  onDone(step: Step): void;
}

/** Executes steps, up to a maximum number at the same time. After a failure or a cancellation no step is started;
 *  steps that run are finished and saved. */
export class StepExecutor {
  readonly failed: Step[] = [];
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private stop: () => void = () => undefined;
  readonly stopped: Promise<void>;
  isStopped = false;
  private readonly chains = new Set<Promise<void>>();

  constructor(private readonly options: ExecutorOptions) {
    this.stopped = new Promise((resolve) => (this.stop = resolve));
  }

  halt(): void {
    this.isStopped = true;
    this.stop();
  }

  /** The steps of a chain run one after the other; chains run in parallel. Resolves when the chain has ended,
   *  successfully or not. */
  run(chain: Step[]): Promise<void> {
    const running = this.runChain(chain).finally(() => this.chains.delete(running));
    this.chains.add(running);
    return running;
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.chains.size > 0) await Promise.all(this.chains);
  }

  private async runChain(chain: Step[]): Promise<void> {
    await this.enter();
    try {
      for (const step of chain) {
        if (this.isStopped) return;
        if (!(await this.apply(step))) return;
      }
    } finally {
      this.leave();
    }
  }

  private async apply(step: Step): Promise<boolean> {
    const { reporter, snapshot, context } = this.options;
    reporter.begin(step);
    try {
      await snapshot?.begin(step);
      await step.apply(context);
      this.settle(step);
      if (step instanceof RefreshStep) {
        reporter.succeed(step, step.result, true);
        return true;
      }
      reporter.succeed(step);
      await snapshot?.end(step, true);
    } catch (error) {
      await this.failStep(step, error instanceof Error ? error : new Error(String(error)));
      return false;
    }
    step.complete();
    if (context.hooks.hasFailed) this.halt();
    return true;
  }

  private async failStep(step: Step, error: Error): Promise<void> {
    const { reporter, snapshot } = this.options;
    const kept = error instanceof ResourceInitError;
    if (kept) this.settle(step);
    reporter.fail(step, error);
    this.failed.push(step);
    try {
      await snapshot?.end(step, kept);
    } catch (saveError) {
      reporter.message("error", `The state could not be saved: ${String(saveError)}`, step.urn);
    }
    // A protected resource only prevents the deletion of its own dependencies.
    if (!(error instanceof ProtectedError) && this.options.isIndependent !== true) this.halt();
  }

  private settle(step: Step): void {
    const { next } = step;
    if (next !== undefined && step.operation !== "replace") this.markSecrets(next, step);
    this.options.onDone(step);
  }

  /** Outputs are secret when the program says so, or when the input of the same name was. */
  private markSecrets(state: ResourceState, step: Step): void {
    if (state.outputs === undefined) return;
    const outputs = { ...state.outputs };
    let changed = false;
    for (const [key, value] of Object.entries(outputs)) {
      const hide =
        state.additionalSecretOutputs.includes(key) || state.inputs[key] instanceof Secret;
      if (value instanceof Secret || !hide) continue;
      outputs[key] = new Secret(value);
      changed = true;
    }
    if (changed) state.outputs = outputs;
    if (state.additionalSecretOutputs.includes("id") && !(step instanceof ImportStep)) {
      this.options.context.warn(state.urn, "The 'id' property cannot be made secret.");
    }
  }

  private async enter(): Promise<void> {
    if (this.running >= this.options.parallel) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }
}
