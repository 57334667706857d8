import { PDFArray, PDFDict, PDFHexString, PDFName, PDFString } from "@cantoo/pdf-lib";

/** Collections of characters whose letters are known, by Adobe's lists. */
const known = ["Japan1", "GB1", "CNS1", "Korea1"];

/** pdf.js knows the glyphs of these, if they are not in the file. */
const usual = /^(Arial|Calibri|Courier|Helvetica|Times)/;

/** The name of a font whose text is numbers of glyphs, without a map that says which letters these are. Undefined
 *  for any other font. */
export function nameIfLettersUnknown(font: PDFDict): string | undefined {
  const entry = (of: PDFDict, key: string) => of.lookup(PDFName.of(key));
  if (entry(font, "Subtype") !== PDFName.of("Type0") || font.has(PDFName.of("ToUnicode"))) {
    return undefined;
  }
  const descendants = entry(font, "DescendantFonts");
  const descendant = descendants instanceof PDFArray ? descendants.lookup(0) : undefined;
  if (!(descendant instanceof PDFDict)) return undefined;
  const system = entry(descendant, "CIDSystemInfo");
  const ordering = system instanceof PDFDict ? entry(system, "Ordering") : undefined;
  const isText = ordering instanceof PDFString || ordering instanceof PDFHexString;
  if (isText && known.includes(ordering.decodeText())) return undefined;
  const base = entry(font, "BaseFont");
  const name = base instanceof PDFName ? base.decodeText() : "without a name";
  const isTrueType = entry(descendant, "Subtype") === PDFName.of("CIDFontType2");
  const descriptor = entry(descendant, "FontDescriptor");
  const isInside = descriptor instanceof PDFDict && descriptor.has(PDFName.of("FontFile2"));
  return isTrueType && !isInside && usual.test(name) ? undefined : name;
}
