import type { EngineEvent, PolicyViolation, StepMetadata } from "../../values/events";

type Event<Type extends EngineEvent["type"]> = Extract<EngineEvent, { type: Type }>;

/** What is known about one resource so far. */
export interface ResourceRow {
  urn: string;
  /** The logical step; for a refresh, its result. */
  step: StepMetadata;
  state: "running" | "done" | "failed";
  seconds: number;
  error?: string;
}

export type Diagnostic = Event<"diagnostic">;

/** All events of an operation, sorted for display. */
export class Collected {
  readonly rows = new Map<string, ResourceRow>();
  /** Every step in order, including both physical steps of a replacement. */
  readonly steps: StepMetadata[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly violations: PolicyViolation[] = [];
  readonly packs: Event<"policyLoaded">[] = [];
  /** Whether the packs have checked the whole stack. */
  isStackDecided = false;
  config: Record<string, string> = {};
  summary: Event<"summary"> | undefined;

  add(event: EngineEvent): void {
    switch (event.type) {
      case "prelude":
        this.config = event.config;
        break;
      case "resourcePre":
        this.begin(event.step);
        break;
      case "resourceOutputs":
        this.end(event.step, event.seconds);
        break;
      case "resourceFailed":
        this.end(event.step, event.seconds, event.error);
        break;
      case "diagnostic":
        if (!event.ephemeral && event.severity !== "debug") this.diagnostics.push(event);
        break;
      case "policyLoaded":
        this.packs.push(event);
        break;
      case "policyDecided":
        this.isStackDecided = true;
        break;
      case "policyViolation":
        this.violations.push(event.violation);
        break;
      case "summary":
        this.summary = event;
        break;
    }
  }

  get mandatoryViolations(): PolicyViolation[] {
    return this.violations.filter(({ enforcement }) => enforcement === "mandatory");
  }

  private begin(step: StepMetadata): void {
    const known = this.rows.get(step.urn);
    if (known !== undefined && !step.logical && known.step.operation === "replace") {
      known.state = "running";
      return;
    }
    this.rows.set(step.urn, {
      urn: step.urn,
      step,
      state: "running",
      seconds: known?.seconds ?? 0,
    });
  }

  private end(step: StepMetadata, seconds: number, error?: string): void {
    this.steps.push(step);
    const known = this.rows.get(step.urn);
    const shown =
      known !== undefined && !step.logical && known.step.operation === "replace"
        ? known.step
        : step;
    this.rows.set(step.urn, {
      urn: step.urn,
      step: shown,
      state: error === undefined ? "done" : "failed",
      seconds: (known?.seconds ?? 0) + seconds,
      error,
    });
  }
}
