import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "../cli/fault";

const root = resolve(__dirname, "../..");

/** The folder of a system's Pulumi project. QUEUEFLEET_SYSTEMS names another checkout's `systems`. */
export const systemFolder = (system: string): string =>
  join(process.env.QUEUEFLEET_SYSTEMS ?? join(root, "systems"), system);

/** Runs the Pulumi CLI, or `pulumi-local` for the embedded cloud. Resolves to stdout. */
export async function pulumi(parameters: string[], { local }: { local: boolean }): Promise<string> {
  const [file, ...first] = local
    ? [process.execPath, join(root, "local", "bin", "pulumi-local.js")]
    : ["pulumi"];
  try {
    const run = await promisify(execFile)(file, [...first, ...parameters], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return run.stdout;
  } catch (error) {
    throw faultOf(error as Error & { code?: number | string; stderr?: string }, parameters);
  }
}

function faultOf(
  error: Error & { code?: number | string; stderr?: string },
  parameters: string[],
): OpsError {
  if (error.code === "ENOENT") {
    return new OpsError(
      "The Pulumi CLI (`pulumi`) is not on the PATH. Install it (https://www.pulumi.com/docs/install/), or pass --local for the embedded cloud.",
      exitCodes.configuration,
    );
  }
  const said = error.stderr?.trim() ?? "";
  return new OpsError(
    said === "" ? `pulumi ${parameters.join(" ")} failed: ${error.message}` : said,
    typeof error.code === "number" ? error.code : exitCodes.error,
  );
}
