import { expect } from "chai";
import { type IndexStore, openIndexStore } from "../../../worker/index-store";
import { freshDatabase } from "../../support/fresh-database";

const documents: Record<string, { title?: string; text: string }> = {
  "契約/業務委託契約書 2026.docx": {
    title: "業務委託契約書",
    text: "株式会社青葉商事と東京都港区の株式会社みどりは、次のとおり業務委託契約を締結する。",
  },
  "reports/q3.txt": {
    text: "The quarterly report describes rising revenues in Osaka and a 15% margin. 100 units.",
  },
  "reports/q4.txt": {
    title: "Quarterly outlook",
    text: "Revenue is expected to rise; budget_2026.",
  },
  "議事録/か\u3099くせい.txt": { text: "ｶﾀｶﾅ と ＡＢＣ の会議" },
  "long.txt": { text: `${"filler ".repeat(60_000)}終端の目印 needle-at-the-end` },
};

describe("search", () => {
  let store: IndexStore;
  const found = async (query: string) => (await store.search(query)).map(({ key }) => key);

  before(async () => {
    store = await openIndexStore(await freshDatabase(), {
      maxConnections: 2,
      onConnectionLost: (error) => expect.fail(error.message),
    });
    for (const [key, { title, text }] of Object.entries(documents)) {
      await store.recordDocument(
        key,
        { bucket: "files", key, sequencer: "01" },
        {
          contentType: "text/plain",
          title,
          text,
          metadata: { format: "text", bytes: 1, sha256: "" },
        },
      );
    }
  });
  after(() => store.close());

  it("finds Japanese inside a sentence, down to words of two characters", async () => {
    expect(await found("業務委託契約")).to.deep.equal(["契約/業務委託契約書 2026.docx"]);
    expect(await found("締結")).to.deep.equal(["契約/業務委託契約書 2026.docx"]);
    expect(await found("東京都　青葉商事")).to.deep.equal(["契約/業務委託契約書 2026.docx"]);
    expect(await found("東京都 存在しない")).to.deep.equal([]);
  });

  it("finds English by stem and by part of a word", async () => {
    expect(await found("revenue")).to.have.members(["reports/q3.txt", "reports/q4.txt"]);
    expect(await found("uarterl")).to.have.members(["reports/q3.txt", "reports/q4.txt"]);
  });

  it("ranks a title above a mention", async () => {
    expect(await found("quarterly")).to.deep.equal(["reports/q4.txt", "reports/q3.txt"]);
  });

  it("finds by the key, composed or decomposed", async () => {
    expect(await found("がくせい")).to.deep.equal(["議事録/か\u3099くせい.txt"]);
    expect(await found("か\u3099くせい")).to.deep.equal(["議事録/か\u3099くせい.txt"]);
  });

  it("takes half-width and full-width letters for the same", async () => {
    expect(await found("カタカナ ABC")).to.deep.equal(["議事録/か\u3099くせい.txt"]);
    expect(await found("ｶﾀｶﾅ")).to.deep.equal(["議事録/か\u3099くせい.txt"]);
  });

  it("takes % and _ as they are", async () => {
    expect(await found("15%")).to.deep.equal(["reports/q3.txt"]);
    expect((await found("t_2026"))[0]).to.equal("reports/q4.txt");
    expect(await found("1_0 units")).to.deep.equal([]);
  });

  it("finds what lies behind the part that full text holds", async () => {
    expect(await found("終端")).to.deep.equal(["long.txt"]);
    expect(await found("needle-at-the-end")).to.deep.equal(["long.txt"]);
  });

  it("shows the place it found", async () => {
    expect((await store.search("青葉商事"))[0]?.excerpt).to.include("株式会社青葉商事と東京都");
  });

  it("answers nothing to an empty query, and accepts odd characters", async () => {
    for (const query of ["", "   ", "　"]) expect(await found(query)).to.deep.equal([]);
    for (const query of ["'", '"', "\\", "(", "& | !", "::"]) await found(query);
  });
});
