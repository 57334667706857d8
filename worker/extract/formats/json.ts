import { FileFault } from "../file-fault";
import type { FormatReader } from "./reader";
import { readTextFile } from "./text-file";

/** Names and values without braces and escapes ("\u5951" is found as 契). A file too long to be read
 *  whole cannot be parsed and is kept as it is. */
export const readJson: FormatReader = async (file) => {
  const { text, charset, truncated } = await readTextFile(file);
  if (truncated) return { text, charset, truncated };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FileFault(`is not valid JSON: ${(error as Error).message}`);
  }
  const lines: string[] = [];
  collect(value, lines);
  return { text: lines.join("\n"), charset, title: titleOf(value) };
};

/** Without recursion: a file may be nested deeper than the stack. */
function collect(root: unknown, lines: string[]): void {
  const rest: { name: string | undefined; value: unknown }[] = [{ name: undefined, value: root }];
  for (let entry = rest.pop(); entry !== undefined; entry = rest.pop()) {
    const { name, value } = entry;
    if (Array.isArray(value)) {
      for (const item of value.toReversed()) rest.push({ name, value: item });
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value).toReversed()) {
        rest.push({ name: key, value: item });
      }
    } else {
      lines.push(name === undefined ? String(value) : `${name}: ${String(value)}`);
    }
  }
}

function titleOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("title" in value)) return undefined;
  return typeof value.title === "string" ? value.title : undefined;
}
