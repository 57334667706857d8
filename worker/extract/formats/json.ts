import type { FormatReader } from "./reader";
import { readTextFile } from "./text-file";

/** Names and values without braces and escapes ("\\u5951" is found as 契), with every digit of a number. Several values in a
 *  row are read too (JSON Lines). What is no JSON, or too long to be read whole, is kept as it is. */
export const readJson: FormatReader = async (file) => {
  const { text, charset, truncated, doubts = [] } = await readTextFile(file);
  if (truncated) return { text, charset, truncated, doubts };
  const fault = faultOf(text);
  if (fault !== undefined) {
    return { text, charset, doubts: [...doubts, `not valid JSON, kept as text: ${fault}`] };
  }
  const lines = linesOf(text);
  const title = lines.find(({ depth, name }) => depth === 1 && name === "title")?.value;
  return {
    text: lines
      .map(({ name, value }) => (name === undefined ? value : `${name}: ${value}`))
      .join("\n"),
    charset,
    title,
    doubts,
  };
};

/** Why it is neither one JSON value nor one in each line. */
function faultOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const isJsonLines = text.split("\n").every((line) => line.trim() === "" || isJson(line));
    return isJsonLines ? undefined : (error as Error).message;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface Line {
  name: string | undefined;
  value: string;
  /** How many objects and lists it is in. */
  depth: number;
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/** Goes by the tokens of valid JSON, because a parsed number has lost digits. Without recursion: a file may be nested
 *  deeper than the stack. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  /** The names of the objects and lists that are open. The items of a list have the list's name. */
  const open: (string | undefined)[] = [];
  let name: string | undefined;
  let last: string | undefined;
  const end = () => {
    if (last === undefined) return;
    lines.push({ name, value: last, depth: open.length });
    last = undefined;
  };
  const kinds: string[] = [];
  for (const [token] of text.matchAll(tokens)) {
    if (token === ":") {
      name = last;
      last = undefined;
    } else if (token === "{" || token === "[") {
      end();
      open.push(name);
      kinds.push(token);
      if (token === "{") name = undefined;
    } else if (token === "}" || token === "]") {
      end();
      name = open.pop();
      kinds.pop();
    } else if (token === ",") {
      end();
      if (kinds.at(-1) === "{") name = undefined;
    } else {
      // Of two values in a row, which JSON Lines have.
      end();
      last = token.startsWith('"') ? (JSON.parse(token) as string) : token;
    }
  }
  end();
  return lines;
}
