import { readPdfObjects } from "./pdf-objects";

/** Text of a PDF that is not in the text of its pages, and why that text may be wrong. */
export async function hiddenPdfText(
  bytes: Uint8Array,
  pages: string,
): Promise<{ lines: string[]; doubts: string[] }> {
  let objects;
  try {
    objects = await readPdfObjects(bytes);
  } catch (error) {
    return {
      lines: [],
      doubts: [`notes and fields may be missing: ${(error as Error).message}`],
    };
  }
  const { texts, meanings, unknownFonts } = objects;
  const fonts = [...unknownFonts].map(
    (font) => `the font ${font} does not say what its letters are`,
  );
  if (texts.size + meanings.size === 0) return { lines: [], doubts: fonts };
  const known = lettersOf(pages);
  const missing = (of: Set<string>) =>
    [...of]
      .flatMap((text) => text.split(/[\r\n]+/))
      .filter((line) => !known.includes(lettersOf(line)));
  const unlike = missing(meanings);
  return {
    lines: [...new Set([...missing(texts), ...unlike])],
    doubts: [
      ...fonts,
      ...(unlike.length > 0
        ? ["some text does not show what it means, its meaning stands last"]
        : []),
    ],
  };
}

/** Blanks and signs differ between what is shown and what it means. */
const lettersOf = (text: string): string => text.normalize("NFKC").replace(/[^\p{L}\p{N}]+/gu, "");
