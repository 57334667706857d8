import { performance } from "node:perf_hooks";
import type { EngineEvent, StepOperation } from "../values/events";
import type { PropertyMap } from "../values/property-value";
import type { Step } from "./step";
import { ReadStep } from "./read";
import { equalMaps } from "../values/property-operations";
import { mustWrite } from "../state/snapshot";

type Emit = (event: EngineEvent) => void;

/** Emits the events of an operation, and counts the steps. */
export class Reporter {
  readonly changes: Partial<Record<StepOperation, number>> = {};
  private readonly started = new Map<Step, number>();
  private readonly startedAt = performance.now();
  /** Components whose outputs are not registered yet. */
  private readonly open = new Map<string, Step>();

  constructor(
    private readonly emit: Emit,
    private readonly dryRun: boolean,
  ) {}

  /** A resource that stays the same is now protected, has another parent, other dependencies … */
  stateDiffers = false;

  message(
    severity: "debug" | "info" | "info#err" | "warning" | "error",
    message: string,
    urn?: string,
    ephemeral = false,
  ): void {
    const at = urn === undefined || urn === "" ? {} : { urn };
    this.emit({ type: "diagnostic", severity, message, ephemeral, ...at });
  }

  begin(step: Step): void {
    this.started.set(step, performance.now());
    if (step.isInternal) return;
    this.emit({ type: "resourcePre", step: step.metadata(), dryRun: this.dryRun });
  }

  succeed(step: Step, operation: StepOperation = step.operation, counts = step.logical): void {
    if (step.isInternal) return this.outputs(step, operation);
    if (counts && isCounted(step)) {
      this.changes[operation] = (this.changes[operation] ?? 0) + 1;
    }
    const isComponent = step.next !== undefined && !step.next.custom && operation !== "delete";
    if (isComponent && step.operation !== "refresh") this.open.set(step.urn, step);
    else this.outputs(step, operation);
  }

  fail(step: Step, error: Error): void {
    const urn = step.isInternal ? undefined : step.urn;
    this.message("error", this.dryRun ? `preview failed: ${error.message}` : error.message, urn);
    if (step.isInternal) return;
    this.emit({
      type: "resourceFailed",
      step: step.metadata(),
      dryRun: this.dryRun,
      seconds: this.seconds(step),
      error: error.message,
    });
  }

  /** A component is done when it has registered its outputs, or the program has ended. */
  outputs(step: Step, operation: StepOperation = step.operation): void {
    this.open.delete(step.urn);
    const { old, next } = step;
    if (operation === "same" && old !== undefined && next !== undefined && mustWrite(old, next)) {
      this.stateDiffers = true;
    }
    if (step.isInternal) return;
    this.emit({
      type: "resourceOutputs",
      step: step.metadata(operation),
      dryRun: this.dryRun,
      seconds: this.seconds(step),
    });
  }

  summary(
    result: "succeeded" | "failed" | "cancelled",
    oldOutputs: PropertyMap,
    newOutputs: PropertyMap,
  ): void {
    for (const step of [...this.open.values()]) this.outputs(step);
    this.emit({
      type: "summary",
      dryRun: this.dryRun,
      seconds: (performance.now() - this.startedAt) / 1000,
      changes: this.changes,
      oldOutputs,
      newOutputs,
      result,
    });
  }

  get hasChanges(): boolean {
    const none: StepOperation[] = ["same", "read", "discard", "read-replacement"];
    return Object.keys(this.changes).some(
      (operation) => !none.includes(operation as StepOperation),
    );
  }

  private seconds(step: Step): number {
    const started = this.started.get(step);
    return started === undefined ? 0 : (performance.now() - started) / 1000;
  }
}

/** A read without a difference is not reported. */
function isCounted(step: Step): boolean {
  if (!(step instanceof ReadStep)) return true;
  const { old, next } = step;
  return old?.outputs !== undefined && !equalMaps(old.outputs, next.outputs ?? {});
}
