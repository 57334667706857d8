import { Parser } from "htmlparser2";
import { extractRawText } from "mammoth";
import { inspectZip } from "../zip-guard";
import type { FormatReader } from "./reader";

interface CoreProperties {
  title?: string;
  author?: string;
  language?: string;
}

const names: Readonly<Record<string, keyof CoreProperties>> = {
  "dc:title": "title",
  "dc:creator": "author",
  "dc:language": "language",
};

const properties = "docProps/core.xml";

export const readDocx: FormatReader = async ({ path, bytes, limits }) => {
  const parts = await inspectZip(path, bytes, limits, [properties]);
  const { value } = await extractRawText({ path });
  return { ...readCoreProperties(parts.get(properties)), text: value };
};

/** Reads an Office file's docProps/core.xml. */
function readCoreProperties(xml: Buffer | undefined): CoreProperties {
  const found: CoreProperties = {};
  let current: keyof CoreProperties | undefined;
  const parser = new Parser(
    {
      onopentag: (name) => {
        current = names[name];
      },
      ontext: (text) => {
        if (current !== undefined) found[current] = (found[current] ?? "") + text;
      },
      onclosetag: () => {
        current = undefined;
      },
    },
    { xmlMode: true },
  );
  parser.end(xml?.toString("utf8") ?? "");
  return found;
}
