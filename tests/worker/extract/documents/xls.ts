import { utils, write } from "@e965/xlsx";
import type { DocumentKind } from "./document-kind";

export const xls: DocumentKind = {
  places: ["cell", "last", "secondSheet"],
  write(texts) {
    const workbook = utils.book_new();
    const sheet = (...rows: string[][]) => utils.aoa_to_sheet(rows);
    utils.book_append_sheet(workbook, sheet(["a", texts.cell ?? ""], [texts.last ?? ""]), "一覧");
    utils.book_append_sheet(workbook, sheet([texts.secondSheet ?? ""]), "控え");
    return write(workbook, { type: "buffer", bookType: "biff8" }) as Buffer;
  },
};

/** Excel's XML of 2003, which many programs write under the name of the older format. */
export const xmlWorkbook: DocumentKind = {
  places: ["cell"],
  write: (texts) =>
    write(
      { SheetNames: ["一覧"], Sheets: { 一覧: utils.aoa_to_sheet([[texts.cell ?? ""]]) } },
      { type: "buffer", bookType: "xlml" },
    ) as Buffer,
};
