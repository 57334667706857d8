import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { systemFolder } from "../estate/pulumi-command";

export const stackFile = (environment: string, system: string): string =>
  join(systemFolder(system), `Pulumi.${environment}.yaml`);

/** A value of a stack's configuration. Undefined if it is not set. */
export function configValue(environment: string, system: string, key: string): unknown {
  const document = parseDocument(readFileSync(stackFile(environment, system), "utf8"));
  return document.getIn(["config", `${system}:${key}`]);
}

/** Sets or removes keys of a stack's configuration. Its comments stay. */
export function editConfig(
  environment: string,
  system: string,
  values: Readonly<Record<string, unknown>>,
): void {
  const file = stackFile(environment, system);
  const document = parseDocument(readFileSync(file, "utf8"));
  for (const [key, value] of Object.entries(values)) {
    const path = ["config", `${system}:${key}`];
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, document.createNode(value));
  }
  writeFileSync(file, document.toString({ lineWidth: 0 }));
}
