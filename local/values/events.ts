import type { PropertyMap } from "./property-value";

/** Operations of a step, with the names that Pulumi's checkpoints, events and JSON output use. */
export type StepOperation =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "read-replacement"
  | "refresh"
  | "discard"
  | "discard-replaced"
  | "remove-pending-replace"
  | "import"
  | "import-replacement";

/** One property that differs. Kinds as in Pulumi's detailed diff. */
export interface PropertyDiff {
  kind: "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";
  /** True when old and new inputs were compared, false for old state against new inputs. */
  inputDiff: boolean;
}

export interface StepResource {
  inputs: PropertyMap;
  outputs: PropertyMap;
}

export interface StepMetadata {
  /** In a refresh: `refresh` before the resource is read, then the result: same, update or delete. */
  operation: StepOperation;
  urn: string;
  type: string;
  id?: string;
  /** URN::ID of the provider; empty for components. */
  provider: string;
  parent?: string;
  old?: StepResource;
  new?: StepResource;
  /** By property path ("tags.Name", "rules[0].prefix"). */
  detailedDiff?: Record<string, PropertyDiff>;
  /** Property paths that force a replacement. */
  replaceKeys?: string[];
  /** False for the physical halves (create-replacement, delete-replaced) of a logical replace. */
  logical: boolean;
  /** True if the old resource is removed from the state but not from the cloud. */
  retained?: boolean;
}

export interface PolicyViolation {
  pack: string;
  packVersion: string;
  rule: string;
  description: string;
  message: string;
  enforcement: "advisory" | "mandatory" | "remediate";
  severity?: "low" | "medium" | "high" | "critical";
  urn?: string;
}

/** The events of an operation, in the order in which they happened. The display, `--json` and
 *  the tests read only this. Secrets in it are `Secret`s: whoever prints them hides them. */
export type EngineEvent =
  | { type: "prelude"; config: Record<string, string> }
  | { type: "resourcePre"; step: StepMetadata; dryRun: boolean }
  | { type: "resourceOutputs"; step: StepMetadata; dryRun: boolean; seconds: number }
  | { type: "resourceFailed"; step: StepMetadata; dryRun: boolean; seconds: number; error: string }
  | {
      type: "diagnostic";
      severity: "debug" | "info" | "info#err" | "warning" | "error";
      message: string;
      urn?: string;
      /** Shown while the step runs, but not in the final report (progress of a long step). */
      ephemeral: boolean;
    }
  | { type: "policyLoaded"; pack: string; version: string; rules: number; seconds: number }
  /** The packs have checked the whole stack. Without it, rules about the stack have decided nothing. */
  | { type: "policyDecided" }
  | { type: "policyViolation"; violation: PolicyViolation }
  | {
      type: "summary";
      dryRun: boolean;
      seconds: number;
      /** Count of logical steps by operation; "same" included. */
      changes: Partial<Record<StepOperation, number>>;
      /** Outputs of the stack before and after. */
      oldOutputs: PropertyMap;
      newOutputs: PropertyMap;
      result: "succeeded" | "failed" | "cancelled";
    };
