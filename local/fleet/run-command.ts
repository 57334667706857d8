import { z } from "zod";
import { switchBundleParameters } from "../../contracts/release";
import type { Machine } from "./machine";
import type { ScriptResult } from "./script-result";
import { switchBundle } from "./switch-bundle";

const document = z.object({ parameters: z.record(z.string(), z.unknown()).default({}) });

/** Runs a command of Systems Manager on a machine. Only the scripts of our own documents are emulated. */
export async function runCommand(
  machine: Machine,
  command: { document: unknown; parameters: Record<string, string[]> },
): Promise<ScriptResult> {
  const declared = Object.keys(document.safeParse(command.document).data?.parameters ?? {});
  if (Object.values(switchBundleParameters).every((name) => declared.includes(name))) {
    return switchBundle(machine, command.parameters);
  }
  return {
    exitCode: 1,
    stdout: "",
    stderr:
      "This script is not emulated: the local machines run only the document that switches the bundle. See docs/local.md.\n",
  };
}
