import confirm from "@inquirer/confirm";
import Table from "cli-table3";
import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "./fault";

/** Data goes to stdout. */
export const printJson = (document: unknown): void => {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
};

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Progress goes to stderr. */
export const progress = (line: string): void => {
  process.stderr.write(`  ${line}\n`);
};

export function table(head: string[], rows: string[][]): string {
  const lines = new Table({
    head,
    style: { head: [], border: [], compact: true },
    chars: {
      ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
      ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
      ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "" },
      middle: " ",
    },
  });
  lines.push(...rows);
  return lines.toString();
}

/** Asks before something is changed. Throws if there is no terminal, or if the answer is no. */
export async function assertConfirmed(message: string, { yes }: { yes: boolean }): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) {
    throw new OpsError(
      "Nothing was changed: there is no terminal to ask on. Pass --yes, or --dry-run to see only the plan.",
      exitCodes.configuration,
    );
  }
  const agreed = await confirm({ message, default: false }, { output: process.stderr }).catch(
    // Ctrl-C at the question.
    () => false,
  );
  if (!agreed) throw new OpsError("Nothing was changed.", exitCodes.cancelled);
}
