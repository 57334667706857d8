import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "../../docs/runbooks");

export interface Block {
  runbook: string;
  /** The words after the three ticks. */
  info: string;
  text: string;
}

export const runbooks: readonly string[] = readdirSync(folder).filter((file) =>
  file.endsWith(".md"),
);

export const textOf = (runbook: string): string => readFileSync(join(folder, runbook), "utf8");

/** The text between two headings. */
export function section(runbook: string, heading: string): string {
  const [, ...sections] = textOf(runbook).split(/^## /m);
  return sections.find((text) => text.startsWith(`${heading}\n`)) ?? "";
}

/** The system that the runbook is written for, as its first command says. */
export const systemOf = (runbook: string): string =>
  /SYSTEM=(\S+)/.exec(section(runbook, "Names"))?.[1] ?? "";

/** The fenced blocks, without the indentation of the list item that they are in. */
export function blocksOf(runbook: string): Block[] {
  return [...textOf(runbook).matchAll(/^( *)```(.*)\n([^]*?)^ *```$/gm)].map(
    ([, indentation = "", info = "", text = ""]) => ({
      runbook,
      info,
      text: text
        .split("\n")
        .map((line) => line.slice(indentation.length))
        .join("\n"),
    }),
  );
}
