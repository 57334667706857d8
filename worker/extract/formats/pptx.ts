import { FileFault } from "../file-fault";
import { CollectedParts } from "../office/collected-parts";
import { readXml } from "../office/read-xml";
import { mainPart, relationshipIdOf, relationshipsOf } from "../office/relationships";
import { ZipParts } from "../office/zip-parts";
import type { FormatReader } from "./reader";

/** The slides in their order, each with its notes, comments, diagrams, and what its layout shows. */
export const readPptx: FormatReader = (file) =>
  ZipParts.with(file, async (parts) => {
    const main = await mainPart(parts, "ppt/presentation.xml");
    if (!parts.has(main)) throw new FileFault(`cannot be read as pptx: it has no ${main}`);
    const collected = new CollectedParts(parts, file.limits.maxTextCharacters);
    const slides = await slidesOf(parts, main);
    for (const [at, slide] of slides.entries()) {
      if (slide === undefined) collected.doubts.push(`slide ${at + 1} is missing in the file`);
      else await collected.addPart(slide);
    }
    return { ...(await collected.withProperties()), pages: slides.length };
  });

/** Undefined stands for one that the file does not have. */
async function slidesOf(parts: ZipParts, main: string): Promise<(string | undefined)[]> {
  const relationships = await relationshipsOf(parts, main);
  const targets = new Map(relationships.map(({ id, target }) => [id, target]));
  const ids: string[] = [];
  await readXml(parts, main, {
    open: (name, attributes) => {
      if (name === "sldId") ids.push(relationshipIdOf(attributes));
    },
  });
  return ids.map((id) => targets.get(id));
}
