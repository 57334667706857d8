import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { jsonIn } from "../../contracts/json-in";
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
    throw faultOf(error as CommandFailure, parameters);
  }
}

/** The same for the stack of a system. */
export const pulumiFor = (
  environment: string,
  system: string,
  parameters: string[],
  options: { local: boolean },
): Promise<string> =>
  pulumi([...parameters, "-s", environment, "-C", systemFolder(system)], options);

interface CommandFailure extends Error {
  code?: number | string;
  stdout?: string;
  stderr?: string;
}

function faultOf(error: CommandFailure, parameters: string[]): OpsError {
  if (error.code === "ENOENT") {
    return new OpsError(
      "The Pulumi CLI (`pulumi`) is not on the PATH. Install it (https://www.pulumi.com/docs/install/), or pass --local for the embedded cloud.",
      exitCodes.configuration,
    );
  }
  // With --json, the whole messages are in the document.
  const said = errorsIn(error.stdout) ?? error.stderr?.trim().replace(/^error: /, "") ?? "";
  return new OpsError(
    said === "" ? `pulumi ${parameters.join(" ")} failed: ${error.message}` : said,
    typeof error.code === "number" ? error.code : exitCodes.error,
  );
}

const withDiagnostics = z.object({
  diagnostics: z.array(z.object({ severity: z.string(), message: z.string() })),
});

/** The errors in a JSON document of Pulumi. Undefined if the text is none, or names none. */
function errorsIn(text = ""): string | undefined {
  const errors = (withDiagnostics.safeParse(jsonIn(text)).data?.diagnostics ?? [])
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message.trim());
  return errors.length === 0 ? undefined : errors.join("\n");
}
