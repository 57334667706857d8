import { open } from "node:fs/promises";
import type { FileFormat } from "./document";

/** Why a file of a known kind is not read, and what to do. Completes "the file …". Undefined for other kinds. */
export function whyUnread(mime: string): string | undefined {
  if (mime === "application/rtf")
    return "is an RTF document, which is not read: save it as docx or PDF";
  if (mime.startsWith("image/")) {
    return `is a picture (${mime}), which is not read: make a PDF with text of it (text recognition)`;
  }
  if (/^(audio|video)\//.test(mime)) return `is a recording (${mime}), which is not read`;
  if (/^application\/(zip|gzip|x-gzip|x-7z|x-rar|vnd\.rar|x-tar|x-bzip2|x-xz|zstd)/.test(mime)) {
    return `is an archive or is compressed (${mime}): upload the files that are in it`;
  }
  return undefined;
}

/** Streams of the container that Office programs used before 2007, by the first that is there. */
const streams: readonly { name: string; format?: FileFormat; why?: string }[] = [
  { name: "EncryptedPackage", why: "is an Office file with a password: save it without one" },
  {
    name: "WordDocument",
    why: "is in Word's format before 2007 (doc), which is not read: save it as docx or PDF",
  },
  {
    name: "PowerPoint Document",
    why: "is in PowerPoint's format before 2007 (ppt), which is not read: save it as pptx or PDF",
  },
  { name: "Workbook", format: "xls" },
  { name: "Book", format: "xls" },
  {
    name: "__properties_version1.0",
    why: "is an Outlook message (msg), which is not read: save it as text or PDF",
  },
];

/** What is in such a container. Its directory has entries of 128 bytes, which begin with a name in UTF-16. */
export async function oldOfficeKind(path: string): Promise<{ format?: FileFormat; why?: string }> {
  const found = await directoryNames(path);
  return streams.find(({ name }) => found.has(name)) ?? {};
}

async function directoryNames(path: string): Promise<Set<string>> {
  const names = new Set<string>();
  const handle = await open(path);
  try {
    const chunk = Buffer.alloc(1024 * 1024);
    for (let at = 0; ; at += chunk.length) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) return names;
      for (let entry = 0; entry + 128 <= bytesRead; entry += 128) {
        // Length of the name with its end, and 2 for a stream.
        const length = chunk.readUInt16LE(entry + 64) - 2;
        if (length <= 0 || length > 62 || chunk[entry + 66] !== 2) continue;
        names.add(chunk.toString("utf16le", entry, entry + length));
      }
    }
  } finally {
    await handle.close();
  }
}
