import { expect } from "chai";
import fc from "fast-check";
import { normaliseText } from "../../../worker/index-store/normalise";
import type { DocumentKind } from "./documents/document-kind";
import { docx } from "./documents/docx";
import { odp, ods, odt } from "./documents/open-document";
import { pdf } from "./documents/pdf";
import { pptx } from "./documents/pptx";
import { csv, html, json, jsonl, markdown, text, tsv, xhtml } from "./documents/text";
import { xls, xmlWorkbook } from "./documents/xls";
import { xlsx } from "./documents/xlsx";
import { extractContent } from "./file-on-disk";

const japanese = fc
  .array(fc.constantFrom(..."東京都契約書請求一覧控えのはがをアイウカタログー、。・"), {
    minLength: 4,
    maxLength: 12,
  })
  .map((letters) => letters.join(""));

/** As people write them. */
const anyWords = fc.oneof(
  japanese,
  fc.constantFrom("業務委託契約", "R&D <draft>", "Köhler's offer", "見積 No", "it's {a} [b]: c"),
);

/** A phrase for each place, which is in no other. */
const textsFor = (places: readonly string[], words: fc.Arbitrary<string>) =>
  fc
    .tuple(...places.map(() => words))
    .map((all) =>
      Object.fromEntries(places.map((place, at) => [place, `${all[at]}第${at}号`] as const)),
    );

const kinds: Record<string, DocumentKind> = {
  "a.docx": docx,
  "a.xlsx": xlsx,
  "a.pptx": pptx,
  "a.odt": odt,
  "a.ods": ods,
  "a.odp": odp,
  "a.pdf": pdf,
  "a.xls": xls,
  "xml.xls": xmlWorkbook,
  "a.html": html,
  "a.xhtml": xhtml,
  "a.json": json,
  "a.jsonl": jsonl,
  "a.csv": csv,
  "a.tsv": tsv,
  "a.md": markdown,
  "utf-8.txt": text("utf-8"),
  "utf-16.txt": text("utf-16le"),
};

describe("a phrase in any part of a document", () => {
  for (const [key, { places, write }] of Object.entries(kinds)) {
    it(`is found in the text of ${key}: ${places.join(", ")}`, async () => {
      await fc.assert(
        fc.asyncProperty(textsFor(places, anyWords), async (texts) => {
          const found = await extractContent(key, await write(texts));
          const text = normaliseText(found.text);
          const missing = places.filter(
            (place) => !text.includes(normaliseText(texts[place] ?? "")),
          );
          expect(missing, found.text).to.deep.equal([]);
          expect(found.doubts).to.equal(undefined);
        }),
        { numRuns: 40 },
      );
    });
  }

  it("is found in Shift_JIS and EUC-JP too, whose letters are fewer", async () => {
    for (const encoding of ["shift_jis", "euc-jp", "iso-2022-jp"] as const) {
      const { places, write } = text(encoding);
      await fc.assert(
        fc.asyncProperty(textsFor(places, japanese), async (texts) => {
          const found = await extractContent("a.txt", await write(texts));
          for (const place of places) expect(found.text).to.include(texts[place]);
          expect(found.charset).to.equal(encoding);
        }),
        { numRuns: 40 },
      );
    }
  });
});
