import { open } from "node:fs/promises";
import { type DecodedText, decodeText } from "../charset";
import type { FileToRead } from "./reader";

export interface TextFile extends DecodedText {
  /** Only the beginning was read. */
  truncated: boolean;
}

/** Reads as much of a text as can be kept, whatever the size of the file. */
export async function readTextFile(
  file: FileToRead,
  declaredIn?: (beginning: string) => string | undefined,
): Promise<TextFile> {
  // No character set of ours takes more than four bytes for a character.
  const wanted = Math.min(file.bytes, file.limits.maxTextCharacters * 4);
  const bytes = Buffer.alloc(wanted);
  const handle = await open(file.path);
  try {
    await handle.read(bytes, 0, wanted, 0);
  } finally {
    await handle.close();
  }
  const beginning = bytes
    .subarray(0, 65_536)
    .toString("latin1")
    .replace(/<!--.*?-->/gs, "");
  const declared = charsetParameter(file.contentType) ?? declaredIn?.(beginning);
  return { ...decodeText(bytes, declared), truncated: wanted < file.bytes };
}

function charsetParameter(contentType: string): string | undefined {
  return /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1];
}
