import { extname } from "node:path";
import { expect } from "chai";
import { rehearsalFiles, type RehearsalFile } from "../../rehearsal/files";

describe("the rehearsal's files", function () {
  this.timeout(60_000);
  let files: RehearsalFile[];

  before(async () => {
    files = await rehearsalFiles();
  });

  it("are more than two hundred files of every format, eight bad ones with different reasons, and some that are no documents", () => {
    const good = files.filter(({ expect: expected }) => expected === "indexed");
    const reasons = files.flatMap(({ expect: expected }) =>
      typeof expected === "string" ? [] : [expected.deadLetterReason],
    );
    expect(good.length).to.be.above(200);
    expect(new Set(reasons).size).to.equal(8);
    expect(reasons).to.have.length(8);
    expect(files.filter(({ expect: expected }) => expected === "skipped")).to.have.length(3);
    const formats = new Set(good.map(({ key }) => extname(key)));
    expect([...formats]).to.have.members(
      "txt md html csv json pdf docx xlsx".split(" ").map((name) => `.${name}`),
    );
  });

  it("each have a unique key and a unique phrase", () => {
    expect(new Set(files.map(({ key }) => key)).size).to.equal(files.length);
    const phrases = files.map(({ contains }) => contains).filter((phrase) => phrase !== "");
    expect(new Set(phrases).size).to.equal(phrases.length);
    expect(files.some(({ key }) => key.includes(" "))).to.equal(true);
    expect(files.some(({ key }) => /[ぁ-ヿ一-龠]/.test(key))).to.equal(true);
  });

  it("are the same in every run", async () => {
    const again = await rehearsalFiles();
    expect(again.map(({ key, contains }) => [key, contains])).to.deep.equal(
      files.map(({ key, contains }) => [key, contains]),
    );
    // Office files and encrypted files contain the time or random numbers.
    const isFixed = ({ key }: RehearsalFile) => /\.(txt|md|html|csv|json)$/.test(key);
    const different = files
      .filter(isFixed)
      .filter(({ body }, at) => !again.filter(isFixed)[at]?.body.equals(body));
    expect(different.map(({ key }) => key)).to.deep.equal([]);
  });
});
