import { createRequire } from "node:module";
import { buffer } from "node:stream/consumers";
import PDFDocument from "pdfkit";
import type { BusinessDocument } from "./business-document";
import { encode } from "./text-formats";

/** A PDF as an office program writes it: with a part of its font embedded. */
export async function asPdf(
  document: BusinessDocument,
  options: { password?: string } = {},
): Promise<Buffer> {
  const { title, author, date, phrase, paragraphs, language } = document;
  const pdf = new PDFDocument({
    info: { Title: title, Author: author, CreationDate: new Date(`${date}T09:00:00Z`) },
    lang: language,
    userPassword: options.password,
    pdfVersion: "1.7",
  });
  const bytes = buffer(pdf);
  pdf.font(language === "ja" ? japaneseFont : "Helvetica");
  pdf.fontSize(18).text(title).moveDown();
  pdf.fontSize(11).text(`${author} ${date}`).text(phrase).moveDown();
  for (const text of paragraphs) pdf.text(text).moveDown();
  pdf.end();
  return bytes;
}

const japaneseFont = createRequire(__filename).resolve(
  "@expo-google-fonts/sawarabi-gothic/400Regular/SawarabiGothic_400Regular.ttf",
);

/** A PDF as older Japanese programs write it: no font inside, the text in Shift_JIS with the
 *  predefined character map 90ms-RKSJ-H, which its reader has to know. */
export function asPdfWithoutFont(document: BusinessDocument): Buffer {
  const paragraphs = document.paragraphs.flatMap((text) => text.match(/.{1,44}/gu) ?? []);
  const lines = [document.title, document.phrase, ...paragraphs];
  const content = [
    "BT /F1 10 Tf 14 TL 40 800 Td",
    ...lines.map((line) => `<${encode(line, "shift_jis").toString("hex")}> Tj T*`),
    "ET",
  ].join("\n");
  return pdfOf(content, "", [
    "<< /Type /Font /Subtype /Type0 /BaseFont /MS-Gothic /Encoding /90ms-RKSJ-H /DescendantFonts [6 0 R] >>",
    "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /MS-Gothic /DW 1000 /FontDescriptor 7 0 R " +
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>",
    "<< /Type /FontDescriptor /FontName /MS-Gothic /Flags 5 /FontBBox [0 -137 1000 859] " +
      "/ItalicAngle 0 /Ascent 859 /Descent -137 /CapHeight 700 /StemV 80 >>",
  ]);
}

/** A PDF of one page whose content is encoded by a filter of PDF's. */
export function pdfWithContent(content: Buffer, filter: string): Buffer {
  return pdfOf(content.toString("latin1"), `/Filter ${filter}`, []);
}

/** One page; `further` are the objects from number 5 on, of which the first is the font. */
export function pdfOf(
  content: string,
  encoding: string,
  further: string[],
  catalog = "",
  page = "",
): Buffer {
  return assemble([
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> ${page} >>`,
    `<< /Length ${content.length} ${encoding} >>\nstream\n${content}\nendstream`,
    ...further,
  ]);
}

/** Numbers the objects and writes the table of where each of them starts. */
function assemble(objects: string[]): Buffer {
  let text = "%PDF-1.4\n";
  const offsets = objects.map((body, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const start = text.length;
  const entries = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`);
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries.join("")}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}
