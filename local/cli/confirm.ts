import { createInterface } from "node:readline/promises";
import { CommandError, exitCodes } from "./exit";

/** Ends a command that must ask a question if there is no terminal. */
export function assertCanAsk(command: string, otherWays = "pass --yes."): void {
  if (process.stdin.isTTY) return;
  throw new CommandError(
    `${command} asks for confirmation, but there is no terminal; ${otherWays}`,
    exitCodes.configuration,
  );
}

/** Asks on the terminal until the answer is clear. `details` shows more and asks again. */
export async function confirm(
  question: string,
  options: { signal?: AbortSignal; details?: () => void } = {},
): Promise<"yes" | "no" | "cancelled"> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const { details, signal = new AbortController().signal } = options;
  const answers = details === undefined ? "yes/no" : "yes/no/details";
  try {
    for (;;) {
      const answer = (await terminal.question(`${question} [${answers}] `, { signal })).trim();
      if (/^y(es)?$/i.test(answer)) return "yes";
      if (/^no?$/i.test(answer)) return "no";
      if (/^d(etails)?$/i.test(answer)) details?.();
    }
  } catch (error) {
    // Ctrl-C and Ctrl-D at the question also end here.
    if (!(error instanceof Error) || error.name !== "AbortError") throw error;
    process.stderr.write("\n");
    return "cancelled";
  } finally {
    terminal.close();
  }
}
