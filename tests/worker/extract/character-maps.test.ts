import { expect } from "chai";
import written from "../../../worker/extract/formats/character-maps.json";
import { shippedCharacterMaps } from "../../../worker/extract/formats/write-character-maps";

describe("character-maps.json", () => {
  it("holds the Japanese maps that pdf.js ships (else run write-character-maps.ts)", () => {
    const shipped = shippedCharacterMaps();
    expect(Object.keys(shipped)).to.include.members([
      "90ms-RKSJ-H",
      "UniJIS-UTF16-H",
      "Adobe-Japan1-UCS2",
    ]);
    expect(written).to.deep.equal(shipped);
  });
});
