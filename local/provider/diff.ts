import { type PropertyMap, type PropertyValue, Unknown } from "../values/property-value";
import type { Property, Shape } from "./shape";
import { isList, isMap } from "../values/property-operations";
import { alignSet, fieldOf, isEmpty, onlyChosenByCloud, sameMeaning } from "./meaning";

export type DiffKind = "add" | "delete" | "update";

export interface Difference {
  path: string;
  /** Top-level property. */
  property: string;
  kind: DiffKind;
  replaces: boolean;
}

/** The changes from the recorded state to the checked inputs. A property that the
 *  inputs leave to the cloud is not a difference. A property that the program no longer sets is one, unless it is
 *  empty. */
export function differences(
  shape: Shape,
  state: PropertyMap,
  inputs: PropertyMap,
  ignored: readonly string[] = [],
): Difference[] {
  const found: Difference[] = [];
  for (const [key, property] of Object.entries(shape)) {
    if (property.output === true && key !== "tagsAll") continue;
    compare(
      property,
      state[key],
      inputs[key],
      key,
      property.replaces === true,
      (path, kind, replaces) => found.push({ path, property: key, kind, replaces }),
    );
  }
  const ignores = ignored.map(pathPattern);
  return found.filter((difference) => !ignores.some((ignore) => ignore.test(difference.path)));
}

type Report = (path: string, kind: DiffKind, replaces: boolean) => void;

function compare(
  property: Property,
  old: PropertyValue | undefined,
  wanted: PropertyValue | undefined,
  path: string,
  replaces: boolean,
  report: Report,
): void {
  if (wanted === undefined || wanted === null) {
    if (property.output === true || property.computed === true || isEmpty(old)) return;
    if (sameMeaning(property, old, property.default as PropertyValue | undefined)) return;
    if (onlyChosenByCloud(property, old)) return;
    report(path, "delete", replaces);
    return;
  }
  if (sameMeaning(property, old, wanted)) return;
  if (old === undefined || old === null) {
    report(path, "add", replaces);
    return;
  }
  if (wanted instanceof Unknown || property.kind === "any") {
    report(path, "update", replaces);
    return;
  }
  if (isMap(old) && isMap(wanted)) {
    compareFields(property, old, wanted, path, replaces, report);
    return;
  }
  if (isList(old) && isList(wanted)) {
    compareElements(property, old, wanted, path, replaces, report);
    return;
  }
  report(path, "update", replaces);
}

function compareFields(
  property: Property,
  old: PropertyMap,
  wanted: PropertyMap,
  path: string,
  replaces: boolean,
  report: Report,
): void {
  for (const key of new Set([...Object.keys(old), ...Object.keys(wanted)])) {
    const field = fieldOf(property, key);
    if (field === undefined || field.output === true) continue;
    compare(
      field,
      old[key],
      wanted[key],
      joinPath(path, key),
      replaces || field.replaces === true,
      report,
    );
  }
}

function compareElements(
  property: Property,
  old: PropertyValue[],
  wanted: PropertyValue[],
  path: string,
  replaces: boolean,
  report: Report,
): void {
  const element = property.element;
  if (element === undefined) return;
  const before = property.kind === "set" ? alignSet(property, wanted, old) : old;
  for (let index = 0; index < Math.max(before.length, wanted.length); index += 1) {
    const was = before[index];
    const wants = wanted[index];
    const at = `${path}[${index}]`;
    if (wants === undefined) {
      if (was !== undefined) report(at, "delete", replaces);
    } else if (was === undefined) report(at, "add", replaces);
    else compare(element, was, wants, at, replaces, report);
  }
}

const joinPath = (path: string, key: string) =>
  /^[A-Za-z_][\w-]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;

/** Matches a path of `ignoreChanges` and everything beneath it; `*` stands for any one step. */
function pathPattern(path: string): RegExp {
  const steps = path.match(/\["(?:[^"\\]|\\.)*"\]|\[[^\]]*\]|[^.[\]]+/g) ?? [];
  const parts = steps.map((step) => {
    const name = step.replace(/^\["?|"?\]$/g, "");
    if (name === "*") return String.raw`(?:\.?[^.[\]]+|\[[^\]]*\])`;
    const literal = name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    return String.raw`(?:\.?${literal}|\[${literal}\]|\["${literal}"\])`;
  });
  return new RegExp(`^${parts.join("")}(?=$|[.[])`);
}
