import { readXml } from "./read-xml";
import { relationshipsOf } from "./relationships";
import type { ZipParts } from "./zip-parts";

export interface Properties {
  title?: string;
  author?: string;
  language?: string;
  /** What else a document says of itself: its subject, keywords, description and others. Part of its text. */
  said: string[];
}

const names: Readonly<Record<string, "title" | "author" | "language">> = {
  title: "title",
  creator: "author",
  "initial-creator": "author",
  language: "language",
};

/** Of an Office file: in its core, extended and custom properties. Of an OpenDocument: in its meta.xml. */
const saidIn = new Set(
  "subject keywords keyword description category contentStatus Company Manager lpwstr user-defined".split(
    " ",
  ),
);

const kinds = ["core-properties", "extended-properties", "custom-properties"];

/** The properties of an Office file. */
export async function readOfficeProperties(parts: ZipParts): Promise<Properties> {
  const related = await relationshipsOf(parts, "");
  const found = kinds.flatMap((kind) => related.find((one) => one.kind === kind)?.target ?? []);
  return readProperties(parts, new Set(["docProps/core.xml", ...found]));
}

export async function readProperties(
  parts: ZipParts,
  inParts: Iterable<string>,
): Promise<Properties> {
  const found: Properties = { said: [] };
  const said = new Set<string>();
  for (const part of inParts) {
    let current: { name: string; text: string } | undefined;
    await readXml(parts, part, {
      open: (name) => {
        current = { name, text: "" };
      },
      text: (text) => {
        if (current !== undefined) current.text += text;
      },
      close: (name) => {
        if (current?.name !== name) return;
        const property = names[name];
        if (property !== undefined) found[property] ??= current.text.trim() || undefined;
        else if (saidIn.has(name)) said.add(current.text.trim());
        current = undefined;
      },
    });
  }
  said.delete("");
  return { ...found, said: [...said] };
}
