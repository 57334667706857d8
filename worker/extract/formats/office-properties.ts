import { Parser } from "htmlparser2";

export interface CoreProperties {
  title?: string;
  author?: string;
  language?: string;
}

const names: Readonly<Record<string, keyof CoreProperties>> = {
  "dc:title": "title",
  "dc:creator": "author",
  "dc:language": "language",
};

/** Reads an Office file's docProps/core.xml. */
export function readCoreProperties(xml: Buffer | undefined): CoreProperties {
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
