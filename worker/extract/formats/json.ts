import type { FormatReader } from "./reader";
import { readTextFile } from "./text-file";

/** Names and values without braces and escapes ("\u5951" is found as 契), with every digit of a number. Several values in a
 *  row are read too (JSON Lines). What is no JSON, or too long to be read whole, is kept as it is, all but the escapes of
 *  its letters. */
export const readJson: FormatReader = async (file) => {
  const { text, charset, truncated, doubts = [] } = await readTextFile(file);
  if (truncated) return { text: withoutEscapes(text), charset, truncated, doubts };
  const fault = faultOf(text);
  if (fault !== undefined) {
    return {
      text: withoutEscapes(text),
      charset,
      doubts: [...doubts, `not valid JSON, kept as text: ${fault}`],
    };
  }
  const lines = linesOf(text);
  const title = lines.find(({ depth, name }) => depth === 1 && name === "title")?.value;
  return { text: lines.map(asText).join("\n"), charset, title, doubts };
};

const asText = ({ name, value }: Line): string =>
  [name, value].filter((part) => part !== undefined).join(": ");

/** With letters for "\u5951" and the like, and no line ends that were none. */
const withoutEscapes = (text: string): string =>
  text.replace(/\\u([0-9a-f]{4})/gi, (escape, code: string) => {
    const number = parseInt(code, 16);
    return number < 0x20 ? escape : String.fromCharCode(number);
  });

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
  /** Undefined for the name of an object or a list. */
  value: string | undefined;
  /** How many objects and lists it is in. */
  depth: number;
}

/** An object or a list that is open. */
interface Open {
  isList: boolean;
  /** What it is called, which the items of a list are called too. */
  name: string | undefined;
  /** Whether the name is part of the text. */
  isNamed: boolean;
}

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/** Goes by the tokens of valid JSON, because a parsed number has lost digits. Without recursion: a file may be nested
 *  deeper than the stack. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  const opened: Open[] = [];
  /** Of the member that is being read. */
  let name: string | undefined;
  let last: string | undefined;
  const end = () => {
    if (last === undefined) return;
    const list = opened.at(-1);
    if (list?.isList === true) list.isNamed = true;
    lines.push({ name, value: last, depth: opened.length });
    last = undefined;
  };
  const nameIt = (one: Open | undefined) => {
    if (one === undefined || one.isNamed) return;
    one.isNamed = true;
    if (one.name !== undefined) {
      lines.push({ name: one.name, value: undefined, depth: opened.length });
    }
  };
  for (const [token] of text.matchAll(tokens)) {
    if (token === ":") {
      name = last;
      last = undefined;
    } else if (token === "{" || token === "[") {
      end();
      const outer = opened.at(-1);
      // The items of a list in a list, or of an object in it, come after the list's name.
      nameIt(outer);
      const isItem = outer?.isList === true;
      const inner = { isList: token === "[", name, isNamed: isItem };
      if (!inner.isList) nameIt(inner);
      opened.push(inner);
      if (token === "{") name = undefined;
    } else if (token === "}" || token === "]") {
      end();
      // An empty one has no items that have its name.
      nameIt(opened.at(-1));
      opened.pop();
      const outer = opened.at(-1);
      name = outer?.isList === true ? outer.name : undefined;
    } else if (token === ",") {
      end();
      if (opened.at(-1)?.isList === false) name = undefined;
    } else {
      // Of two values in a row, which JSON Lines have.
      end();
      last = token.startsWith('"') ? (JSON.parse(token) as string) : token;
    }
  }
  end();
  return lines;
}
