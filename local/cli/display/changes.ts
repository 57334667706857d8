import type { PropertyDiff, StepMetadata } from "../../values/events";
import type { PropertyValue } from "../../values/property-value";
import { diffMaps, equalValues } from "../../values/property-operations";
import { valueAt } from "./values";

/** One property that differs, with both values if they are known. */
export interface PropertyChange {
  path: string;
  kind: "add" | "delete" | "update";
  replaces: boolean;
  old?: PropertyValue;
  new?: PropertyValue;
}

const changing = new Set(["update", "replace", "create-replacement", "refresh", "import"]);

/** The changed properties, from the provider's diff or, if it gives none, from the inputs. */
export function propertyChanges(step: StepMetadata, refresh: boolean): PropertyChange[] {
  if (!changing.has(step.operation) || step.old === undefined || step.new === undefined) return [];
  const { old, new: fresh } = step;
  const given = Object.entries(step.detailedDiff ?? {});
  const diffs =
    given.length > 0
      ? given
      : Object.entries(
          refresh
            ? diffMaps(old.outputs, fresh.outputs, false)
            : diffMaps(old.inputs, fresh.inputs, true),
        );
  const changes = diffs.map(([path, diff]) => change(path, diff, step, refresh));
  return changes
    .flatMap(splitUserData)
    .flatMap(splitDocument)
    .filter((found) => !found.path.startsWith("__"));
}

/** With details: also the properties of a new resource. */
export function detailedChanges(step: StepMetadata, refresh: boolean): PropertyChange[] {
  if (step.operation !== "create") return propertyChanges(step, refresh);
  const inputs = Object.entries(step.new?.inputs ?? {}).filter(([key]) => !key.startsWith("__"));
  return inputs.map(([path, value]) => ({ path, kind: "add", replaces: false, new: value }));
}

function change(
  path: string,
  { kind, inputDiff }: PropertyDiff,
  { old, new: fresh }: StepMetadata,
  refresh: boolean,
): PropertyChange {
  const before = inputDiff ? valueAt(old?.inputs, path) : valueAt(old?.outputs, path);
  const after = refresh
    ? valueAt(inputDiff ? fresh?.inputs : fresh?.outputs, path)
    : valueAt(fresh?.inputs, path);
  const basic = kind.startsWith("add") ? "add" : kind.startsWith("delete") ? "delete" : "update";
  return {
    path,
    kind: basic,
    replaces: kind.endsWith("-replace"),
    old: before ?? valueAt(old?.inputs, path),
    new: basic === "delete" ? undefined : after,
  };
}

/** User data is encoded in base64, and a difference in it would tell nothing: its lines are compared. */
function splitUserData(found: PropertyChange): PropertyChange[] {
  const before = userDataLines(found.old);
  const after = userDataLines(found.new);
  if (!/(^|\.)userData(Base64)?$/.test(found.path) || before === undefined || after === undefined) {
    return [found];
  }
  const lines = (some: string[], others: string[], kind: "add" | "delete"): PropertyChange[] =>
    some.flatMap((line, index) =>
      others.includes(line)
        ? []
        : [
            {
              path: `${found.path}(line ${index + 1})`,
              kind,
              replaces: found.replaces,
              [kind === "add" ? "new" : "old"]: line.trim(),
            },
          ],
    );
  const split = [...lines(before, after, "delete"), ...lines(after, before, "add")];
  return split.length === 0 ? [found] : split;
}

function userDataLines(value: PropertyValue | undefined): string[] | undefined {
  if (typeof value !== "string" || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return undefined;
  const text = Buffer.from(value, "base64").toString("utf8");
  return /^(#!|#cloud-config|Content-Type:|MIME-Version:)/.test(text)
    ? text.split("\n")
    : undefined;
}

/** If a text contains a JSON document (a policy, a dashboard), the documents are compared. */
function splitDocument(found: PropertyChange): PropertyChange[] {
  const before = document(found.old);
  const after = document(found.new);
  if (found.kind !== "update" || before === undefined || after === undefined) return [found];
  const olds = { "(json)": before };
  const news = { "(json)": after };
  const inner = Object.entries(diffMaps(olds, news, true)).map(([path, { kind }]) => ({
    path: `${found.path}${path}`,
    kind: kind as PropertyChange["kind"],
    replaces: found.replaces,
    old: valueAt(olds, path),
    new: valueAt(news, path),
  }));
  return inner.length === 0 || equalValues(before, after) ? [found] : inner;
}

function document(value: PropertyValue | undefined): PropertyValue | undefined {
  if (typeof value !== "string" || !/^\s*[{[]/.test(value)) return undefined;
  try {
    return JSON.parse(value) as PropertyValue;
  } catch {
    return undefined;
  }
}

/** "[diff: +delaySeconds,~tags]": the top-level properties, as in Pulumi's tree. */
export function diffSummary(changes: readonly PropertyChange[]): string {
  const symbols = { add: "+", delete: "-", update: "~" } as const;
  const byKey = new Map<string, string>();
  for (const { path, kind } of changes) {
    const key = /^[^.[(]+/.exec(path)?.[0] ?? path;
    const whole = key === path;
    const symbol = whole ? symbols[kind] : "~";
    byKey.set(key, byKey.has(key) && byKey.get(key) !== symbol ? "~" : symbol);
  }
  if (byKey.size === 0) return "";
  return `[diff: ${[...byKey].map(([key, symbol]) => symbol + key).join(",")}]`;
}
