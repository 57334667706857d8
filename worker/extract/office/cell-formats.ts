import { SSF as untyped } from "@e965/xlsx";
import { knownDateCode } from "./date-code";
import { readXml } from "./read-xml";
import type { ZipParts } from "./zip-parts";

interface Options {
  date1904: boolean;
}

/** The part of SheetJS that formats numbers. It has no types. */
const SSF = untyped as {
  is_date(code: string): boolean;
  format(code: string, value: number, options: Options): string;
  parse_date_code(value: number, options: Options): Partial<Record<DatePart, number>> | null;
  get_table(): Record<number, string>;
};

type DatePart = "y" | "m" | "d" | "H" | "M" | "S";

/** What cells show, by their style. */
export class CellFormats {
  /** Format codes by style. */
  private readonly codes: string[] = [];
  /** Days are counted from 1904 on. */
  date1904 = false;

  static async read(parts: ZipParts, part: string): Promise<CellFormats> {
    const formats = new CellFormats();
    const own = new Map<string, string>();
    let isOfCells = false;
    await readXml(parts, part, {
      open(name, attributes) {
        const { numFmtId = "0", formatCode = "" } = attributes;
        if (name === "numFmt") own.set(numFmtId, formatCode);
        else if (name === "cellXfs") isOfCells = true;
        else if (name === "xf" && isOfCells) {
          formats.codes.push(own.get(numFmtId) ?? builtIn(Number(numFmtId)));
        }
      },
      close(name) {
        if (name === "cellXfs") isOfCells = false;
      },
    });
    return formats;
  }

  /** What a cell with a number shows, and beside it all digits or the date, where they differ. */
  shown(value: string, style: number): string {
    const code = this.codes[style] ?? general;
    // The most frequent case: it is shown as it is.
    if (code === general && /^-?[1-9]\d{0,10}$/.test(value)) return value;
    const number = Number(value);
    if (!Number.isFinite(number)) return value;
    const beside = SSF.is_date(code) ? this.date(number) : allDigits(value);
    const formatted = this.format(code, number);
    return formatted === undefined || formatted === "" || formatted === beside
      ? beside
      : `${formatted} ${beside}`;
  }

  private format(code: string, number: number): string | undefined {
    try {
      const options = { date1904: this.date1904 };
      const known = SSF.is_date(code)
        ? knownDateCode(code, dayOf(SSF.parse_date_code(number, options)))
        : code;
      return SSF.format(known, number, options).trim();
    } catch {
      // The code is none that we know.
      return undefined;
    }
  }

  /** 2026-11-26, with the time if it has one. */
  private date(days: number): string {
    const { y, m, d, H, M, S } = SSF.parse_date_code(days, { date1904: this.date1904 }) ?? {};
    const two = (part = 0) => String(part).padStart(2, "0");
    const time = days % 1 === 0 ? "" : `${two(H)}:${two(M)}:${two(S)}`;
    if (y === undefined || days < 1) return time === "" ? String(days) : time;
    return `${y}-${two(m)}-${two(d)}${time === "" ? "" : ` ${time}`}`;
  }
}

const general = "General";

/** Dates and times of the Japanese edition of Excel, whose codes are not in the file. Source: ECMA-376, part 1, 18.8.30. */
const ofJapaneseEdition: Readonly<Record<number, string>> = {
  ...japanese([27, 36, 50, 57], "ge.m.d"),
  ...japanese([28, 29, 51, 54, 58], 'ggge"年"m"月"d"日"'),
  ...japanese([30], "m/d/yy"),
  ...japanese([31], 'yyyy"年"m"月"d"日"'),
  ...japanese([32], 'h"時"mm"分"'),
  ...japanese([33], 'h"時"mm"分"ss"秒"'),
  ...japanese([34, 52, 55], 'yyyy"年"m"月"'),
  ...japanese([35, 53, 56], 'm"月"d"日"'),
};

function japanese(ids: number[], code: string): Record<number, string> {
  return Object.fromEntries(ids.map((id) => [id, code]));
}

const table = SSF.get_table();

const builtIn = (id: number): string => table[id] ?? ofJapaneseEdition[id] ?? general;

/** Digits as a person reads them: 4.90123E+12 has thirteen, and what is stored as 2.2999999999999998 is 2.3. */
function allDigits(value: string): string {
  if (/^-?\d+$/.test(value)) return value;
  const number = Number(value);
  return Number.isInteger(number) ? BigInt(number).toString() : String(number);
}

function dayOf(date: Partial<Record<DatePart, number>> | null): Date | undefined {
  const { y, m, d } = date ?? {};
  return y === undefined || m === undefined || d === undefined ? undefined : new Date(y, m - 1, d);
}
