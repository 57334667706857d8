import { createInterface } from "node:readline/promises";

/** Asks on the terminal until the answer is clear. `details` shows more and asks again. */
export async function confirm(
  question: string,
  signal: AbortSignal,
  details: () => void,
): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (;;) {
      const answer = await terminal.question(`${question} [yes/no/details] `, { signal });
      if (/^y(es)?$/i.test(answer.trim())) return true;
      if (/^no?$/i.test(answer.trim())) return false;
      if (/^d(etails)?$/i.test(answer.trim())) details();
    }
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    terminal.close();
  }
}
