import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { commandVariable } from "../contracts/command";
import type { Range } from "../contracts/range";
import {
  orderFaults,
  regionFaults,
  regionKey,
  unknownKeyFaults,
  valueFaults,
  type Fault,
  type Order,
  type Shape,
  type Texts,
} from "./configuration-faults";

/** What a system states about its configuration. */
export interface ConfigurationRules<S extends Shape> {
  /** A schema for each key of the project. Each message is appended to "KEY is VALUE; ". */
  shape: S;
  /** Pairs of numbers of which the first must not be above the second. */
  orders: Order<keyof S & string>[];
  /** What components use for keys that are not set, as far as orders ask for it. */
  defaults?: Partial<Record<keyof S & string, number>>;
  /** The region that a message proposes if none is set. */
  exampleRegion: string;
}

/** A whole number in the range that the component allows. */
export function wholeNumber({ min, max }: Range) {
  const rule = `must be a whole number from ${min} to ${max}`;
  return z.int(rule).min(min, rule).max(max, rule);
}

export type Configuration<S extends Shape> = z.output<z.ZodObject<S>> & { region: string };

/** What the CLI gives a program. */
export interface Given {
  project: string;
  stack: string;
  texts: Texts;
  secretKeys: readonly string[];
  /** What a person writes for "pulumi". */
  command: string;
}

/** What a person writes for "pulumi". */
export const commandName = (): string => process.env[commandVariable] ?? "pulumi";

export function loadConfiguration<S extends Shape>(rules: ConfigurationRules<S>): Configuration<S> {
  return checkConfiguration(rules, {
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
    texts: pulumi.runtime.allConfig(),
    secretKeys: JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]") as string[],
    command: commandName(),
  });
}

/** Checks everything and names every fault at once, each with the command that fixes it. */
export function checkConfiguration<S extends Shape>(
  { shape, orders, defaults = {}, exampleRegion }: ConfigurationRules<S>,
  given: Given,
): Configuration<S> {
  const { project, texts } = given;
  const values = Object.fromEntries(
    Object.entries(shape).flatMap(([name, schema]) => {
      const text = texts[`${project}:${name}`];
      return text === undefined ? [] : [[name, read(schema, text)]];
    }),
  );
  const region = texts[regionKey];
  const faults = [
    ...regionFaults(texts, exampleRegion),
    ...unknownKeyFaults(project, shape, texts),
    ...valueFaults(project, shape, values),
    ...orderFaults(project, orders, values, defaults, (key) => given.secretKeys.includes(key)),
  ];
  if (faults.length > 0 || region === undefined) throw new pulumi.RunError(message(faults, given));
  return { ...z.object(shape).parse(values), region };
}

/** The value that a text stands for: text where the schema takes text, otherwise JSON. */
function read(schema: z.ZodType, text: string): unknown {
  return schema.safeParse(text).success ? text : (parseJson(text) ?? text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function message(faults: Fault[], { project, stack, texts, secretKeys, command }: Given): string {
  const amount = faults.length === 1 ? "a fault" : `${faults.length} faults`;
  const lines = faults.map(({ key, rule, fix }) => {
    const value = secretKeys.includes(key) ? "a secret value" : shown(texts[key]);
    const commands = fix.map((step) => {
      const isSecret = secretKeys.includes(key) && step.startsWith("set ");
      return `${command} config ${step}${isSecret ? " --secret" : ""} -s ${stack}`;
    });
    return `  - ${key} is ${value}; ${rule}${rule.endsWith("?") ? "" : "."} Fix: ${commands.join(" && ")}`;
  });
  return [`The configuration of ${project} in Pulumi.${stack}.yaml has ${amount}:`, ...lines].join(
    "\n",
  );
}

function shown(text: string | undefined): string {
  if (text === undefined) return "not set";
  return parseJson(text) === undefined ? JSON.stringify(text) : text;
}
