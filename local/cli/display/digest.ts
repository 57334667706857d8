import { stripVTControlCharacters } from "node:util";
import type { StepMetadata } from "../../values/events";
import type { OperationResult } from "../../operation/request";
import type { Collected } from "./collected";
import { propertyChanges } from "./changes";
import { isDefaultProvider, rootStackType } from "../../values/urn";
import { jsonMap } from "./values";

/** The JSON document of an operation: the fields of `pulumi preview --json`, and the result of the operation. */
export function digest(
  collected: Collected,
  operation: {
    dryRun: boolean;
    refresh: boolean;
    sames: boolean;
    result: OperationResult["result"];
    ok: boolean;
  },
) {
  const { summary } = collected;
  return {
    ok: operation.ok,
    result: operation.result,
    dryRun: operation.dryRun,
    config: collected.config,
    steps: collected.steps
      .filter((step) => !isDefaultProvider(step.urn))
      // As Pulumi does: the stack itself is always there.
      .filter((step) => operation.sames || step.operation !== "same" || step.type === rootStackType)
      .map((step) => stepDigest(step, operation.refresh)),
    diagnostics: collected.diagnostics.map(({ severity, message, urn }) => ({
      severity,
      message: stripVTControlCharacters(message),
      urn,
    })),
    policyPacks: collected.packs.map(({ pack, version, rules }) => ({ pack, version, rules })),
    policyViolations: collected.violations,
    changeSummary: summary?.changes ?? {},
    outputs: jsonMap(summary?.newOutputs ?? {}),
    /** Nanoseconds, as in Pulumi. */
    duration: Math.round((summary?.seconds ?? 0) * 1e9),
  };
}

export type Digest = ReturnType<typeof digest>;

function stepDigest(step: StepMetadata, refresh: boolean) {
  const changes = propertyChanges(step, refresh);
  return {
    op: step.operation,
    urn: step.urn,
    type: step.type,
    provider: step.provider === "" ? undefined : step.provider,
    oldState: step.operation === "create" ? undefined : stateOf(step, "old"),
    newState: step.operation === "delete" ? undefined : stateOf(step, "new"),
    diffReasons: topLevel(changes.map(({ path }) => path)),
    replaceReasons: step.replaceKeys,
    detailedDiff: step.detailedDiff ?? null,
  };
}

function stateOf(step: StepMetadata, which: "old" | "new") {
  const resource = step[which];
  if (resource === undefined) return undefined;
  return {
    urn: step.urn,
    custom: step.provider !== "",
    id: step.id,
    type: step.type,
    parent: step.parent,
    provider: step.provider === "" ? undefined : step.provider,
    inputs: jsonMap(resource.inputs),
    outputs: jsonMap(resource.outputs),
  };
}

function topLevel(paths: readonly string[]): string[] | undefined {
  const keys = [...new Set(paths.map((path) => /^[^.[(]+/.exec(path)?.[0] ?? path))];
  return keys.length === 0 ? undefined : keys;
}
