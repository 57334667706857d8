/** Texts in quotes or after a backslash, settings in brackets, the name of an era (g, gg, ggg), its year (e, ee), and a
 *  dot that does not begin the fraction of a second. */
const pieces = /"[^"]*"|\\.|\[[^\]]*\]|g+|e+|\.(?!0)/gi;

const eras = {
  narrow: new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { era: "narrow" }),
  long: new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { era: "long" }),
};

/** The format code of a date without what the library that formats does not know: eras in place of their codes, and dots
 *  as texts. */
export function knownDateCode(code: string, date: Date | undefined): string {
  const part = (style: keyof typeof eras, type: "era" | "year") =>
    eras[style].formatToParts(date).find((one) => one.type === type)?.value ?? "";
  const isOfEra = /g/i.test(code);
  return code.replace(pieces, (piece) => {
    if (piece === ".") return "\\.";
    // Only a language, which the library takes for a currency where nothing else is a date.
    if (piece.startsWith("[$-")) return "";
    if (date === undefined || !isOfEra) return piece;
    if (/^g$/i.test(piece)) return `"${part("narrow", "era")}"`;
    if (/^gg$/i.test(piece)) return `"${part("long", "era").slice(0, 1)}"`;
    if (/^g+$/i.test(piece)) return `"${part("long", "era")}"`;
    // Its first year is 元.
    const year = part("long", "year").replace("元", "1");
    return /^e+$/i.test(piece) ? `"${year.padStart(piece.length, "0")}"` : piece;
  });
}
