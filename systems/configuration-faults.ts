import { Region } from "@pulumi/aws";
import * as awsKeys from "@pulumi/aws/config/vars";
import { closestMatch } from "leven";
import { z } from "zod";

/** A system's keys, each with the schema of its value. */
export type Shape = Record<string, z.ZodType>;

export interface Order<Name extends string = string> {
  smaller: Name;
  larger: Name;
  mayBeEqual: boolean;
}

export interface Fault {
  /** Fully qualified. */
  key: string;
  rule: string;
  /** Arguments of `pulumi config`, a text for each command. */
  fix: string[];
}

/** By fully qualified key, as the CLI hands them over: numbers, booleans and lists as JSON. */
export type Texts = Record<string, string>;

export const regionKey = "aws:region";

export function regionFaults(texts: Texts, exampleRegion: string): Fault[] {
  const region = texts[regionKey];
  const fault = (rule: string, better: string): Fault[] => [
    { key: regionKey, rule, fix: [`set ${regionKey} ${better}`] },
  ];
  if (region === undefined) return fault("the program needs it for names", exampleRegion);
  const regions: string[] = Object.values(Region);
  // The provider's own key, for a region that is newer than its list.
  if (regions.includes(region) || texts["aws:skipRegionValidation"] === "true") return [];
  const near = nearest(region, [exampleRegion, ...regions], 4);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  return fault(`AWS has no such region${hint}`, near ?? exampleRegion);
}

/** Keys that nothing reads: a name with a typing error would be passed over in silence. */
export function unknownKeyFaults(project: string, shape: Shape, texts: Texts): Fault[] {
  return Object.keys(texts).flatMap((key): Fault[] => {
    const meant = meantKey(project, shape, key);
    if (meant === key) return [];
    const remove = `rm ${/^[\w:.-]+$/.test(key) ? key : `'${key}'`}`;
    if (meant === undefined) {
      const rule = "the project has no such key; Pulumi.yaml lists them";
      return [{ key, rule, fix: [remove] }];
    }
    const fix = [remove, setting(meant, shape[meant.slice(project.length + 1)])];
    return [{ key, rule: `nothing reads it; did you mean ${meant}?`, fix }];
  });
}

export function valueFaults(
  project: string,
  shape: Shape,
  values: Record<string, unknown>,
): Fault[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    const rule = schema.safeParse(values[name]).error?.issues[0]?.message;
    const key = `${project}:${name}`;
    return rule === undefined ? [] : [{ key, rule, fix: [setting(key, schema)] }];
  });
}

/** `defaults` are what components use for keys that are not set. */
export function orderFaults(
  project: string,
  orders: Order[],
  values: Record<string, unknown>,
  defaults: Partial<Record<string, number>>,
  isSecret: (key: string) => boolean,
): Fault[] {
  const valueOf = (name: string) => values[name] ?? defaults[name];
  return orders.flatMap(({ smaller, larger, mayBeEqual }) => {
    const [low, high] = [valueOf(smaller), valueOf(larger)];
    if (typeof low !== "number" || typeof high !== "number") return [];
    if (low < high || (low === high && mayBeEqual)) return [];
    // The key that was set is the one to change.
    const isSet = values[smaller] !== undefined;
    const [own, other] = isSet ? [smaller, larger] : [larger, smaller];
    const relations = isSet ? ["below", "at most"] : ["above", "at least"];
    const relation = relations[mayBeEqual ? 1 : 0];
    const [key, otherKey] = [`${project}:${own}`, `${project}:${other}`];
    const shown = isSecret(otherKey) ? "a secret value" : String(valueOf(other));
    return [{ key, rule: `must be ${relation} ${other} (${shown})`, fix: [setting(key)] }];
  });
}

function setting(key: string, schema?: z.ZodType): string {
  const bare = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return bare instanceof z.ZodArray ? `set --path '${key}[0]' VALUE` : `set ${key} VALUE`;
}

/** The key itself where something reads it or another package may; the one like it where it has a typing error;
 *  undefined where the project has none like it. */
function meantKey(project: string, shape: Shape, key: string): string | undefined {
  const [namespace = "", name = ""] = key.split(/:(.*)/s);
  if (nearest(namespace, [project], project.length / 4) === undefined) {
    const known = [...Object.keys(shape).map((own) => `${project}:${own}`), ...awsProviderKeys];
    // Two letters: gcp:region is a key of its own, three letters away from aws:region.
    return nearest(key, known, 2) ?? key;
  }
  const near = nearest(name, Object.keys(shape), 0.4 * name.length);
  return near === undefined ? undefined : `${project}:${near}`;
}

const awsProviderKeys = Object.keys(awsKeys).map((name) => `aws:${name}`);

/** The candidate that the fewest typing errors turn into the text, if they are no more than so many letters. */
function nearest(text: string, candidates: string[], letters: number): string | undefined {
  // Capital letters alone are a typing error too.
  const same = candidates.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  return same ?? closestMatch(text, candidates, { maxDistance: Math.floor(letters) });
}
