import { Region } from "@pulumi/aws";
import * as awsKeys from "@pulumi/aws/config/vars";
import { closestMatch } from "leven";
import { z } from "zod";

/** The keys of a system, each with the schema of its value. */
export type Shape = Record<string, z.ZodType>;

export interface Order<Name extends string = string> {
  smaller: Name;
  larger: Name;
  mayBeEqual: boolean;
  /** How much larger the larger one must be at least. Default 0. */
  gap?: number;
}

export interface Fault {
  /** Fully qualified. */
  key: string;
  rule: string;
  /** Arguments of `pulumi config`: one text per command. */
  fix: string[];
}

/** Values by fully qualified key, as the CLI passes them: numbers, booleans and lists as JSON. */
export type Texts = Record<string, string>;

export const regionKey = "aws:region";

export function regionFaults(texts: Texts, exampleRegion: string): Fault[] {
  const region = texts[regionKey];
  const fault = (rule: string, better: string): Fault[] => [
    { key: regionKey, rule, fix: [`set ${regionKey} ${better}`] },
  ];
  if (region === undefined) return fault("the program needs it for names", exampleRegion);
  const regions: string[] = Object.values(Region);
  // A key of the AWS provider, for regions that are newer than its list.
  if (regions.includes(region) || texts["aws:skipRegionValidation"] === "true") return [];
  const near = nearest(region, [exampleRegion, ...regions], 4);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  return fault(`AWS has no such region${hint}`, near ?? exampleRegion);
}

/** Keys that the program does not read. Without this check, a misspelt key would be ignored without a message. */
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
  return orders.flatMap(({ smaller, larger, mayBeEqual, gap = 0 }) => {
    const [low, high] = [valueOf(smaller), valueOf(larger)];
    if (typeof low !== "number" || typeof high !== "number") return [];
    if (low + gap < high || (low + gap === high && mayBeEqual)) return [];
    // The key that was set is the one to change.
    const isSet = values[smaller] !== undefined;
    const [own, other] = isSet ? [smaller, larger] : [larger, smaller];
    const relations = isSet ? ["below", "at most"] : ["above", "at least"];
    const relation = relations[mayBeEqual ? 1 : 0];
    const [key, otherKey] = [`${project}:${own}`, `${project}:${other}`];
    const shown = isSecret(otherKey) ? "a secret value" : String(isSet ? high : low);
    const distance = gap === 0 ? "" : ` ${isSet ? "−" : "+"} ${gap}`;
    const rule = `must be ${relation} ${other}${distance} (${other} is ${shown})`;
    return [
      {
        key,
        rule: gap === 0 ? `must be ${relation} ${other} (${shown})` : rule,
        fix: [setting(key)],
      },
    ];
  });
}

function setting(key: string, schema?: z.ZodType): string {
  const bare = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return bare instanceof z.ZodArray ? `set --path '${key}[0]' VALUE` : `set ${key} VALUE`;
}

/** The key that was meant: the key itself if the system or another package may read it, the most similar key if it is
 *  misspelt, or undefined if no key is similar. */
function meantKey(project: string, shape: Shape, key: string): string | undefined {
  const [namespace = "", name = ""] = key.split(/:(.*)/s);
  if (nearest(namespace, [project], project.length / 4) === undefined) {
    const known = [...Object.keys(shape).map((own) => `${project}:${own}`), ...awsProviderKeys];
    // At most two letters: gcp:region is a valid key and differs in three letters from aws:region.
    return nearest(key, known, 2) ?? key;
  }
  const near = nearest(name, Object.keys(shape), 0.4 * name.length);
  return near === undefined ? undefined : `${project}:${near}`;
}

const awsProviderKeys = Object.keys(awsKeys).map((name) => `aws:${name}`);

/** The most similar candidate. Undefined if it differs in more letters than allowed. */
function nearest(text: string, candidates: string[], letters: number): string | undefined {
  // Capital letters alone are a typing error too.
  const same = candidates.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  return same ?? closestMatch(text, candidates, { maxDistance: Math.floor(letters) });
}
