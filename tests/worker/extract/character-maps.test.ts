import { createHash } from "node:crypto";
import { expect } from "chai";
import written from "../../../worker/extract/formats/character-maps.json";

/** Of the maps of pdfjs-dist 6.5.438; another release's are written by write-character-maps.ts. */
const sha256 = "d95606e364ea0e29a4105b461cae8b78c17e026101aa3a7e1c706580a571eeec";

describe("character-maps.json", () => {
  it("holds the maps that pdf.js ships, unchanged", () => {
    expect(Object.keys(written)).to.include.members([
      "90ms-RKSJ-H",
      "UniJIS-UTF16-H",
      "Adobe-Japan1-UCS2",
      "UniGB-UTF16-H",
      "UniKS-UTF16-H",
    ]);
    expect(createHash("sha256").update(JSON.stringify(written)).digest("hex")).to.equal(sha256);
  });
});
