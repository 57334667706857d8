import { readFile } from "node:fs/promises";
import { type CellObject, type WorkSheet, read } from "@e965/xlsx";
import { FileFault } from "../file-fault";
import type { ExtractionLimits } from "../limits";
import { inspectZip } from "../zip-guard";
import type { FormatReader } from "./reader";

/** Each sheet's name, then its rows with tabs between the cells, as they are displayed. */
export const readXlsx: FormatReader = async ({ path, bytes, limits }) => {
  await inspectZip(path, bytes, limits, []);
  const workbook = read(await readFile(path), {
    dense: true,
    cellFormula: false,
    cellHTML: false,
    cellDates: true,
  });
  if (workbook.SheetNames.length === 0) throw new FileFault("is a workbook without sheets");
  const sheets = workbook.SheetNames.map((name) =>
    [name, ...rowsOf(workbook.Sheets[name], limits)].join("\n"),
  );
  return {
    text: sheets.join("\n\n"),
    title: workbook.Props?.Title,
    author: workbook.Props?.Author,
    sheets: sheets.length,
  };
};

/** Goes by the cells that are there: a sheet may declare a million empty columns. */
function rowsOf(sheet: WorkSheet | undefined, limits: ExtractionLimits): string[] {
  const rows: string[] = [];
  let characters = 0;
  const cells = (sheet?.["!data"] ?? []) as (CellObject | undefined)[][];
  cells.forEach((row) => {
    if (characters > limits.maxTextCharacters) return;
    const line: string[] = [];
    row.forEach((cell) => {
      if (cell?.v !== undefined) line.push(cell.w ?? String(cell.v));
    });
    if (line.length === 0) return;
    rows.push(line.join("\t"));
    characters += rows.at(-1)?.length ?? 0;
  });
  return rows;
}
