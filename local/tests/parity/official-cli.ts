import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Context } from "mocha";

/** The official `pulumi` that the PATH names; undefined without one. */
export function officialCli(path = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, "pulumi"))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

let said = false;

/** For a suite's `before`: the CLI, or the suite is skipped and one line says why. */
export function needOfficialCli(context: Context): string {
  const cli = officialCli();
  if (cli !== undefined) return cli;
  if (!said) {
    console.log("  not run: no `pulumi` on the PATH to compare the embedded engine with");
    said = true;
  }
  return context.skip();
}
