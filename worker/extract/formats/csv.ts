import { parse } from "csv-parse/sync";
import type { ExtractedText } from "../document";
import type { FormatReader } from "./reader";
import { readTextFile } from "./text-file";

/** Cells without their quoting, so that a phrase is found as a person reads it. */
export const readCsv: FormatReader = async (file) => {
  const { text, charset, truncated, doubts = [] } = await readTextFile(file);
  const found = unquoted(text, truncated);
  return { ...found, charset, truncated, doubts: [...doubts, ...(found.doubts ?? [])] };
};

/** From the first row that is no CSV, the text is kept as it is. */
function unquoted(text: string, truncated: boolean): Pick<ExtractedText, "text" | "doubts"> {
  const rows: string[] = [];
  let endOfRows = 0;
  try {
    parse(text, {
      delimiter: likelyDelimiter(text),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      on_record: (cells: string[], { bytes }: { bytes: number }) => {
        rows.push(cells.join("\t"));
        endOfRows = bytes;
        return null;
      },
    });
  } catch (error) {
    rows.push(Buffer.from(text).subarray(endOfRows).toString().trim());
    // The cut may have left a quote open.
    const doubts = truncated
      ? undefined
      : [`not valid CSV, kept as text: ${(error as Error).message}`];
    return { text: rows.join("\n"), doubts };
  }
  return { text: rows.join("\n") };
}

const delimiters = [",", "\t", ";", "|", "^", "\x1f"];

/** The one that stands in the most lines. */
function likelyDelimiter(text: string): string {
  // A title in the first line may have more commas than the table has.
  const lines = text
    .slice(0, 8192)
    .replace(/"[^"]*"/g, "")
    .split(/\r\n?|\n/)
    .slice(0, 20);
  const candidates = delimiters.map((sign) => {
    const counts = lines.map((line) => line.split(sign).length - 1);
    return {
      sign,
      lines: counts.filter((count) => count > 0).length,
      count: counts.reduce((sum, count) => sum + count, 0),
    };
  });
  return candidates.reduce((best, next) =>
    next.lines > best.lines || (next.lines === best.lines && next.count > best.count) ? next : best,
  ).sign;
}
