import { readXml } from "./read-xml";
import type { ZipParts } from "./zip-parts";

export interface Properties {
  title?: string;
  author?: string;
  language?: string;
}

const names: Readonly<Record<string, keyof Properties>> = {
  title: "title",
  creator: "author",
  "initial-creator": "author",
  language: "language",
};

/** Title, author and language in an Office file's docProps/core.xml or an OpenDocument's meta.xml. */
export async function readProperties(parts: ZipParts, part: string): Promise<Properties> {
  const found: Properties = {};
  let current: keyof Properties | undefined;
  await readXml(parts, part, {
    open: (name) => {
      current = names[name];
      if (current !== undefined) delete found[current];
    },
    text: (text) => {
      if (current !== undefined) found[current] = (found[current] ?? "") + text;
    },
    close: () => {
      current = undefined;
    },
  });
  return found;
}

export const coreProperties = "docProps/core.xml";
