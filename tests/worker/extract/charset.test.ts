import { expect } from "chai";
import { encode, type TextEncoding } from "../../../rehearsal/files/text-formats";
import { extractContent } from "./file-on-disk";

const sentence = "東京都港区の株式会社青葉商事は、契約書に署名した。カタカナも。\n";

describe("character sets", () => {
  const japanese: TextEncoding[] = [
    "utf-8",
    "shift_jis",
    "euc-jp",
    "iso-2022-jp",
    "utf-16le",
    "utf-16be",
  ];
  for (const encoding of japanese) {
    it(`reads ${encoding} without a declaration`, async () => {
      const { text, charset } = await extractContent("a.txt", encode(sentence, encoding));
      expect(text).to.equal(sentence);
      expect(charset).to.equal(encoding);
    });
  }

  it("reads short Shift_JIS and EUC-JP", async () => {
    for (const text of ["契約書", "請求書在中", "こんにちは", "テスト", "ﾃｽﾄｶﾅ 契約"]) {
      for (const encoding of ["shift_jis", "euc-jp"] as const) {
        const found = await extractContent("a.txt", encode(text, encoding));
        expect(found.text, `${text} in ${encoding}`).to.equal(text);
      }
    }
  });

  it("reads UTF-16 without a byte order mark", async () => {
    const content = Buffer.from(sentence, "utf16le");
    expect((await extractContent("a.txt", content)).text).to.equal(sentence);
    expect((await extractContent("a.txt", content.swap16())).text).to.equal(sentence);
  });

  it("reads UTF-16 without a mark whose characters have zero bytes on both sides", async () => {
    for (const text of ["第一章　一般\r\n一つ目の契約書。最初\r\n", "一つ目の契約書"]) {
      const content = Buffer.from(text, "utf16le");
      expect((await extractContent("a.txt", content)).text).to.equal(text);
      expect((await extractContent("a.txt", content.swap16())).text).to.equal(text);
    }
  });

  it("reads Western letters as Western, not as Japanese", async () => {
    const texts = [
      "Müller traf Frau Böhm im Café; die Größe beträgt 5 Fuß. Señor Núñez también.",
      "Le général a été élu président de la société.",
    ];
    for (const text of texts) {
      const { text: found } = await extractContent("a.txt", Buffer.from(text, "latin1"));
      expect(found).to.equal(text);
    }
  });

  it("believes what the page or the sender declares where the bytes leave it open", async () => {
    const greek = Buffer.from([0xc1, 0xe8, 0xde, 0xed, 0xe1]);
    const { text, charset } = await extractContent("a.txt", greek, {
      contentType: "text/plain; charset=iso-8859-7",
    });
    expect([text, charset]).to.deep.equal(["Αθήνα", "iso-8859-7"]);
    const page = Buffer.concat([Buffer.from("<meta charset=iso-8859-7><p>"), greek]);
    expect((await extractContent("a.html", page)).text).to.equal("Αθήνα");
  });

  it("takes a declaration that the bytes contradict for a mistake", async () => {
    const { text } = await extractContent("a.txt", Buffer.from(sentence), {
      contentType: "text/plain; charset=iso-8859-1",
    });
    expect(text).to.equal(sentence);
  });

  it("reads a text that was cut in the middle of a character", async () => {
    const cut = Buffer.from("あいう").subarray(0, 8);
    expect((await extractContent("a.txt", cut)).text.slice(0, 2)).to.equal("あい");
  });
});
