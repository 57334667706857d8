import { readFile } from "node:fs/promises";
import { read, utils } from "@e965/xlsx";
import { FileFault } from "../file-fault";
import type { FormatReader } from "./reader";

/** Excel's format before 2007. The library reads it as a whole, so the limits of the thread hold its memory. */
export const readXls: FormatReader = async ({ path }) => {
  const workbook = readWorkbook(await readFile(path));
  if (workbook.SheetNames.length === 0) throw new FileFault("is a workbook without sheets");
  const sheets = workbook.SheetNames.map((name) => {
    const sheet = workbook.Sheets[name];
    const rows =
      sheet === undefined ? "" : utils.sheet_to_csv(sheet, { FS: "\t", blankrows: false });
    return `${name}\n${rows}`;
  });
  return {
    text: sheets.join("\n"),
    title: workbook.Props?.Title,
    author: workbook.Props?.Author,
    sheets: sheets.length,
  };
};

function readWorkbook(content: Buffer) {
  try {
    return read(content, { dense: true, cellFormula: false, cellHTML: false });
  } catch (error) {
    if (!/password/i.test(String(error))) throw error;
    throw new FileFault("is a workbook with a password: save it without one");
  }
}
