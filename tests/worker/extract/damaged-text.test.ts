import { expect } from "chai";
import encoding from "encoding-japanese";
import fc from "fast-check";
import { businessDocument } from "../../../rehearsal/files/business-document";
import { Random } from "../../../rehearsal/files/random";
import { decodeText } from "../../../worker/extract/charset";

const charsets = { SJIS: "shift_jis", EUCJP: "euc-jp", UTF8: "utf-8" } as const;
const sentences = Array.from({ length: 40 }, (_, number) =>
  businessDocument(new Random(number), number, "ja"),
).flatMap(({ title, paragraphs }) => [title, ...paragraphs]);

const encoded = (text: string, to: keyof typeof charsets) =>
  Uint8Array.from(encoding.convert(encoding.stringToCode(text), { to, from: "UNICODE" }));

describe("Japanese text without a declared character set", () => {
  const cases = fc.record({
    text: fc.constantFrom(...sentences),
    to: fc.constantFrom(...(Object.keys(charsets) as (keyof typeof charsets)[])),
  });

  it("is read in Shift_JIS, EUC-JP and UTF-8", () => {
    fc.assert(
      fc.property(cases, ({ text, to }) => {
        const bytes = encoded(text, to);
        const decoded = decodeText(bytes);
        expect(decoded).to.deep.equal({
          text: new TextDecoder(charsets[to]).decode(bytes),
          charset: charsets[to],
        });
      }),
      { numRuns: 300 },
    );
  });

  it("is read, all but the damaged character, with one byte that is none", () => {
    fc.assert(
      fc.property(
        cases,
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        ({ text, to }, where) => {
          const bytes = encoded(text, to);
          const decoder = () => new TextDecoder(charsets[to]);
          const whole = decoder().decode(bytes);
          const at = Math.floor(bytes.length * where);
          const character = decoder().decode(bytes.subarray(0, at), { stream: true }).length;
          bytes[at] = 0xff;
          const decoded = decodeText(bytes);
          expect(decoded.charset, whole).to.equal(charsets[to]);
          expect(decoded.doubts).to.have.length(1);
          // Its neighbour may be lost with it.
          expect(decoded.text)
            .to.include(whole.slice(0, Math.max(0, character - 1)))
            .and.include(whole.slice(character + 2));
        },
      ),
      { numRuns: 600 },
    );
  });

  it("is read in half-width katakana", () => {
    for (const text of ["ｶﾌﾞｼｷｶﾞｲｼｬ ﾔﾏﾀﾞ", "ﾃｽﾄ ﾃﾞｰﾀ", "商品名:ｱｲｽｸﾘｰﾑ 数量:3"]) {
      for (const to of ["SJIS", "EUCJP"] as const) {
        const decoded = decodeText(encoded(text, to));
        expect(decoded).to.deep.equal({ text, charset: charsets[to] });
      }
    }
  });

  it("is not seen in other languages", () => {
    // "ДОГОВОР ПОСТАВКИ" in windows-1251, "ΣΥΜΒΑΣΗ ΕΡΓΑΣΙΑΣ" in ISO-8859-7, "Résumé détaillé" in windows-1252.
    for (const hex of [
      "c4cec3cec2ced020cfced1d2c0c2cac8",
      "d3d5ccc2c1d3c720c5d1c3c1d3c9c1d3",
      "52e973756de92064e97461696c6ce9",
    ]) {
      expect(decodeText(Buffer.from(hex, "hex")).charset).not.to.match(/shift_jis|euc-jp/);
    }
  });
});
