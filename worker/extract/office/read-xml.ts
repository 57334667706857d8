import { Parser } from "htmlparser2";
import type { ZipParts } from "./zip-parts";

/** What is done with the elements of a part. Names are without their namespace prefix. */
export interface XmlHandlers {
  open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  text?: (text: string) => void;
  close?: (name: string) => void;
  /** Whether the rest of the part is of no use. */
  isEnough?: () => boolean;
}

/** Reads a part of a container as XML, without keeping it. */
export async function readXml(
  parts: ZipParts,
  part: string,
  { open, text, close, isEnough = () => false }: XmlHandlers,
): Promise<void> {
  let isAtEnd = false;
  const parser = new Parser(
    {
      onopentag: (name, attributes) => open?.(localName(name), attributes),
      onprocessinginstruction: (_name, data) => {
        if (data.includes("<!ENTITY")) parts.doubts.add(`${part} has entities, which are not read`);
      },
      ontext: (data) => text?.(data),
      onclosetag: (name) => {
        if (isAtEnd) parts.doubts.add(`${part} was cut off`);
        close?.(localName(name));
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of parts.chunks(part)) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    parser.write(decoder.decode(chunk, { stream: true }));
    if (isEnough()) return;
  }
  parser.write(decoder?.decode() ?? "");
  isAtEnd = true;
  // Closes what is still open.
  parser.end();
}

/** XML without a byte order mark is UTF-8, unless its declaration says otherwise. */
function encodingOf(beginning: Buffer): string {
  if (beginning[0] === 0xff && beginning[1] === 0xfe) return "utf-16le";
  if (beginning[0] === 0xfe && beginning[1] === 0xff) return "utf-16be";
  // The declaration begins with "<?" in whatever order of bytes.
  if (beginning[0] === 0x3c && beginning[1] === 0) return "utf-16le";
  if (beginning[0] === 0 && beginning[1] === 0x3c) return "utf-16be";
  const declared = /^\s*<\?xml[^>]*encoding=["']([\w.:-]+)/.exec(
    beginning.subarray(0, 200).toString("latin1"),
  )?.[1];
  try {
    const { encoding } = new TextDecoder(declared);
    // A declaration that can be read byte by byte is not in UTF-16.
    return encoding.startsWith("utf-16") ? "utf-8" : encoding;
  } catch {
    return "utf-8";
  }
}

/** An attribute's value, whatever prefix its name has. */
export function attributeOf(
  attributes: Readonly<Record<string, string>>,
  wanted: string,
): string | undefined {
  return Object.entries(attributes).find(([name]) => localName(name) === wanted)?.[1];
}

export const localName = (name: string): string => name.slice(name.indexOf(":") + 1);
