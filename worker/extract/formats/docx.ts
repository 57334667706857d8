import { FileFault } from "../file-fault";
import { CollectedParts } from "../office/collected-parts";
import { mainPart } from "../office/relationships";
import { ZipParts } from "../office/zip-parts";
import type { FormatReader } from "./reader";

/** The body first, then headers, footers, notes, comments and diagrams. */
export const readDocx: FormatReader = (file) =>
  ZipParts.with(file, async (parts) => {
    const main = await mainPart(parts, "word/document.xml");
    if (!parts.has(main)) throw new FileFault(`cannot be read as docx: it has no ${main}`);
    const collected = new CollectedParts(parts, file.limits.maxTextCharacters);
    await collected.addPart(main);
    return collected.withProperties();
  });
