import { createHash } from "node:crypto";
import { expect } from "chai";
import written from "../../../worker/extract/formats/character-maps.json";

/** Of the maps of pdfjs-dist 6.5.438; another release's are written by write-character-maps.ts. */
const sha256 = "35cbea3c8ad9045f6ca650a7cb1eb4b4a77630ea9359dbfbf433e26cb547e588";

describe("character-maps.json", () => {
  it("holds the Japanese maps that pdf.js ships, unchanged", () => {
    expect(Object.keys(written)).to.include.members([
      "90ms-RKSJ-H",
      "UniJIS-UTF16-H",
      "Adobe-Japan1-UCS2",
    ]);
    expect(createHash("sha256").update(JSON.stringify(written)).digest("hex")).to.equal(sha256);
  });
});
