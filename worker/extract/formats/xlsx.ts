import { FileFault } from "../file-fault";
import { CellFormats } from "../office/cell-formats";
import { CollectedParts } from "../office/collected-parts";
import { readXml } from "../office/read-xml";
import { mainPart, relationshipIdOf, relationshipsOf } from "../office/relationships";
import { SharedStrings } from "../office/shared-strings";
import { SheetRows } from "../office/sheet-rows";
import { ZipParts } from "../office/zip-parts";
import type { FormatReader } from "./reader";

/** Strings beyond this many times the text that is kept are not kept: a sheet may use a string only once. */
const sharedStringsRatio = 4;

/** Each sheet's name, then its rows, its comments and its drawings. */
export const readXlsx: FormatReader = (file) =>
  ZipParts.with(file, async (parts) => {
    const { maxTextCharacters } = file.limits;
    const main = await mainPart(parts, "xl/workbook.xml");
    const { sheets, date1904 } = await readWorkbook(parts, main);
    if (sheets.length === 0) throw new FileFault("is a workbook without sheets");
    const relationships = await relationshipsOf(parts, main);
    const related = (kind: string) => relationships.find((one) => one.kind === kind)?.target ?? "";
    const formats = await CellFormats.read(parts, related("styles"));
    formats.date1904 = date1904;
    const strings = await SharedStrings.read(
      parts,
      related("sharedStrings"),
      maxTextCharacters * sharedStringsRatio,
    );
    const targets = new Map(relationships.map(({ id, target }) => [id, target]));
    const collected = new CollectedParts(parts, maxTextCharacters);
    for (const { name, id } of sheets) {
      if (collected.isFull) break;
      const part = targets.get(id) ?? "";
      if (!parts.has(part)) collected.doubts.push(`sheet "${name}" is missing in the file`);
      const rows = new SheetRows(strings, formats, maxTextCharacters);
      await readXml(parts, part, {
        open: (element, attributes) => rows.open(element, attributes),
        text: (text) => rows.text(text),
        close: (element) => rows.close(element),
        isEnough: () => rows.isEnough(),
      });
      collected.add([name, ...rows.lines].join("\n"));
      for (const doubt of rows.doubts) collected.doubts.push(`sheet "${name}": ${doubt}`);
      await collected.addRelated(part);
    }
    return {
      ...(await collected.withProperties()),
      sheets: sheets.length,
      truncated: strings.isCut,
    };
  });

async function readWorkbook(parts: ZipParts, main: string) {
  const sheets: { name: string; id: string }[] = [];
  let date1904 = false;
  await readXml(parts, main, {
    open(name, attributes) {
      if (name === "sheet") {
        sheets.push({ name: attributes.name ?? "", id: relationshipIdOf(attributes) });
      }
      if (name === "workbookPr") date1904 = /^(1|true)$/.test(attributes.date1904 ?? "");
    },
  });
  return { sheets, date1904 };
}
