import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sync as writeFileAtomically } from "write-file-atomic";
import { parseDocument, visit, type Document, type Node } from "yaml";
import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "../cli/fault";
import { systemFolder } from "../estate/pulumi-command";

export const stackFile = (environment: string, system: string): string =>
  join(systemFolder(system), `Pulumi.${environment}.yaml`);

/** A value of a stack's configuration. Undefined if it is not set, or empty. */
export function configValue(environment: string, system: string, key: string): unknown {
  const { config } = configuration(environment, system).toJS() as {
    config?: Record<string, unknown>;
  };
  const value = config?.[`${system}:${key}`] ?? undefined;
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

/** The names that the next update imports. Undefined if none are to be. */
export function adoptedIn(environment: string, system: string): string[] | undefined {
  const adopt = configValue(environment, system, "adopt");
  if (adopt === undefined) return undefined;
  const isList = Array.isArray(adopt) && adopt.every((name) => typeof name === "string");
  if (isList && new Set(adopt).size === adopt.length) return adopt;
  throw new OpsError(
    `${system}:adopt in ${stackFile(environment, system)} is ${JSON.stringify(adopt)}; it must be a list of names, each once, as \`ops adopt\` writes it. Nothing was changed.`,
    exitCodes.configuration,
  );
}

/** The region of the stack. */
export function regionOf(environment: string, system: string): string {
  const region = configuration(environment, system).getIn(["config", "aws:region"]);
  if (typeof region === "string") return region;
  throw new OpsError(
    `${stackFile(environment, system)} has no aws:region. Set it, or pass --region.`,
    exitCodes.configuration,
  );
}

function configuration(environment: string, system: string): Document {
  const file = stackFile(environment, system);
  try {
    return parseDocument(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new OpsError(
      `There is no stack ${environment}: ${file} is missing.`,
      exitCodes.stackNotFound,
    );
  }
}

/** Sets or removes keys of a stack's configuration. Its comments stay. */
export function editConfig(
  environment: string,
  system: string,
  values: Readonly<Record<string, unknown>>,
): void {
  const file = stackFile(environment, system);
  const document = configuration(environment, system);
  for (const [key, value] of Object.entries(values)) {
    const path = ["config", `${system}:${key}`];
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, quoted(document.createNode(value)));
  }
  const text = document.toString({ lineWidth: 0 });
  const former = readFileSync(file, "utf8");
  const mark = former.startsWith("\uFEFF") ? "\uFEFF" : "";
  const lines = former.includes("\r\n") ? text.replaceAll("\n", "\r\n") : text;
  writeFileAtomically(file, `${mark}${lines}`);
}

/** The Pulumi CLI's YAML takes more for numbers and times than other YAML: 2024_01, 0b11, 2024-01-01. */
function quoted(node: Node): Node {
  visit(node, {
    Scalar(_key, scalar) {
      if (typeof scalar.value === "string") scalar.type = "QUOTE_DOUBLE";
    },
  });
  return node;
}
