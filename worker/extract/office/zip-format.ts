import type { FileToRead } from "../formats/reader";
import type { FileFormat } from "../document";
import { mainPart } from "./relationships";
import { ZipParts } from "./zip-parts";

const mainParts: Readonly<Record<string, FileFormat>> = {
  "word/document.xml": "docx",
  "xl/workbook.xml": "xlsx",
  "ppt/presentation.xml": "pptx",
  "content.xml": "odt",
};

/** What a zip container is, by the part in which a document begins. Some programs do not write the part that names the
 *  type, or not where others look for it. Undefined if it is none that we know. Throws a
 *  FileFault if it is broken. */
export async function zipFormat(
  file: Pick<FileToRead, "path" | "bytes" | "limits">,
): Promise<FileFormat | undefined> {
  return ZipParts.with(file, async (parts) => {
    const usual = Object.keys(mainParts).find((part) => parts.has(part)) ?? "";
    const main = await mainPart(parts, usual);
    return mainParts[usual] ?? mainParts[main.toLowerCase()];
  });
}
