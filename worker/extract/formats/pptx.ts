import { FileFault } from "../file-fault";
import { CollectedParts } from "../office/collected-parts";
import { coreProperties, readProperties } from "../office/properties";
import { readXml } from "../office/read-xml";
import { mainPart, relationshipsOf } from "../office/relationships";
import { ZipParts } from "../office/zip-parts";
import type { FormatReader } from "./reader";

/** The slides in their order, each with its notes, comments and diagrams. */
export const readPptx: FormatReader = (file) =>
  ZipParts.with(file, async (parts) => {
    const main = await mainPart(parts, "ppt/presentation.xml");
    if (!parts.has(main)) throw new FileFault(`cannot be read as pptx: it has no ${main}`);
    const collected = new CollectedParts(parts, file.limits.maxTextCharacters);
    const slides = await slidesOf(parts, main);
    for (const slide of slides) await collected.addPart(slide);
    return {
      ...(await readProperties(parts, coreProperties)),
      text: collected.toString(),
      pages: slides.length,
    };
  });

async function slidesOf(parts: ZipParts, main: string): Promise<string[]> {
  const relationships = await relationshipsOf(parts, main);
  const ids: string[] = [];
  await readXml(parts, main, {
    open: (name, attributes) => {
      if (name === "sldId") ids.push(attributes["r:id"] ?? "");
    },
  });
  return ids.flatMap((wanted) => relationships.find(({ id }) => id === wanted)?.target ?? []);
}
