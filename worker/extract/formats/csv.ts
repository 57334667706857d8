import { parse } from "csv-parse/sync";
import { FileFault } from "../file-fault";
import type { FormatReader } from "./reader";
import { readTextFile } from "./text-file";

/** Cells without their quoting, so that a phrase is found as a person reads it. */
export const readCsv: FormatReader = async (file) => {
  const { text, charset, truncated } = await readTextFile(file);
  return { text: unquoted(text, truncated), charset, truncated };
};

function unquoted(text: string, truncated: boolean): string {
  const rows: string[] = [];
  try {
    parse(text, {
      delimiter: likelyDelimiter(text),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      on_record: (cells: string[]) => {
        rows.push(cells.join("\t"));
        return null;
      },
    });
  } catch (error) {
    // The cut may have left a quote open; what came before it is whole.
    if (!truncated) throw new FileFault(`is not valid CSV: ${(error as Error).message}`);
  }
  return rows.join("\n");
}

function likelyDelimiter(text: string): string {
  const firstLine = text.slice(0, 4096).split("\n", 1)[0] ?? "";
  const candidates = [",", "\t", ";"].map((sign) => ({
    sign,
    count: firstLine.split(sign).length,
  }));
  return candidates.reduce((best, next) => (next.count > best.count ? next : best)).sign;
}
