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

  it("reads Chinese and Korean, also with damaged characters, not as Japanese", async () => {
    // Each is "the contract is signed by both parties, the goods are delivered within ten days".
    const texts = {
      gb18030:
        "b1bebacfcdacd3c9bcd7b7bdd3ebd2d2b7bdc7a9b6a9a3acbbf5cee3d3a6d3dacaaec8d5c4dabdbbb8b6a3acb8b6bfeeb7bdcabdceaab5e7bbe3a1a3",
      big5: "a5bbabb4acf9a5d1a5d2a4e8bb50a441a4e8c3b1ad71a141b366aabfc0b3a9f3a451a4e9a4baa5e6a549a141a549b4daa4e8a6a1acb0b971b6d7a1a3",
      "euc-kr":
        "babb20b0e8bee0c0ba20b0a9b0fa20c0bb20bbe7c0ccbfa120c3bcb0e1b5c7b8e72c20bbf3c7b0c0ba20bdca20c0cf20c0ccb3bbbfa120c0ceb5b5c7d1b4d92e",
    };
    for (const [encoding, hex] of Object.entries(texts)) {
      const bytes = Buffer.from(hex, "hex");
      const whole = new TextDecoder(encoding).decode(bytes);
      const found = await extractContent("a.txt", bytes);
      expect(found).to.deep.include({ text: whole, charset: encoding, doubts: undefined });
      const damaged = Buffer.concat([
        bytes,
        Buffer.from([encoding === "big5" ? 0xa4 : 0xff, 0x0a]),
        bytes,
      ]);
      const { text, doubts } = await extractContent("a.txt", damaged);
      expect(text.split("\n")[1], encoding).to.equal(whole);
      expect(doubts?.join()).to.include(`damaged, read as ${encoding}`);
    }
  });

  it("reads ISO-2022-JP with bytes that are none of it", async () => {
    const line = Buffer.from(encode(sentence, "iso-2022-jp"));
    const damaged = Buffer.concat([line, line, line]);
    damaged[line.length + 20] = 0xff;
    const { text, charset, doubts } = await extractContent("a.txt", damaged);
    expect(text).to.include(sentence);
    expect(charset).to.equal("iso-2022-jp");
    expect(doubts?.join()).to.match(/damaged, read as iso-2022-jp/);
  });

  it("reads UTF-16 without a mark and without a byte that is zero", async () => {
    const text = "日本語だけの文章です";
    const content = Buffer.from(text, "utf16le");
    expect(content.includes(0)).to.equal(false);
    expect((await extractContent("a.txt", content)).text).to.equal(text);
    expect((await extractContent("a.txt", content.swap16())).text).to.equal(text);
  });

  it("does not believe a page that it is UTF-16, which it could not say then", async () => {
    const page = Buffer.from(`<meta charset="utf-16"><p>${"Müller über Größe "}`, "latin1");
    expect((await extractContent("a.html", page)).text).to.equal("Müller über Größe");
  });

  it("is doubtful where nothing tells the character set", async () => {
    const thai = Buffer.from("cad1adadd2b9d5e9b7d3a2d6e9b9c3d0cbc7e8d2a7a4d9e8cad1adadd2", "hex");
    expect((await extractContent("a.txt", thai)).doubts?.join()).to.include(
      "the character set is not known, read as",
    );
  });

  it("finds the declaration of a page behind long styles, and not the one in a comment", async () => {
    const greek = Buffer.from([0xc1, 0xe8, 0xde, 0xed, 0xe1]);
    const head = `<!-- <meta charset=koi8-r> --><style>${"p{} ".repeat(2000)}</style><meta charset=iso-8859-7><p>`;
    const page = Buffer.concat([Buffer.from(head), greek]);
    expect((await extractContent("a.html", page)).text).to.equal("Αθήνα");
  });

  /** Text in a set of one byte for a letter. */
  function inCharset(charset: string, text: string): Buffer {
    const letters = new TextDecoder(charset).decode(
      Uint8Array.from({ length: 256 }, (_, at) => at),
    );
    return Buffer.from([...text].map((letter) => letters.indexOf(letter)));
  }

  it("reads character sets like windows-1252 as what makes words of them, and doubts", async () => {
    const texts: [string, string][] = [
      ["macintosh", "Le général a été élu président de la société."],
      ["macintosh", "Müller traf Böhm; die Größe beträgt 5 Fuß."],
      ["iso-8859-15", "Der Preis beträgt 500 €."],
      ["iso-8859-15", "Le chœur chante"],
      ["iso-8859-2", "Príliš žltý kôň, Košice"],
      // Its tones are marks of their own.
      ["windows-1258", "Hà Nô\u0323i, Viê\u0323t Nam"],
      ["windows-1258", "Đà Nă\u0303ng"],
    ];
    for (const [charset, text] of texts) {
      const found = await extractContent("a.txt", inCharset(charset, text));
      expect(found.text.normalize("NFC")).to.equal(text.normalize("NFC"));
      const isSure = charset === "windows-1258" && found.doubts === undefined;
      if (!isSure) expect(found.doubts?.join()).to.include(`not known, read as ${charset}`);
    }
  });

  it("doubts where no set that is known makes words of the bytes", async () => {
    // "Le général a été." of DOS (850), "Договор поставки" of DOS (866).
    for (const hex of [
      "4c65206782 6e82 72616c2061208274822e",
      "84aea3aea2aee0 20afaee1e2a0a2aaa8",
    ]) {
      const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
      expect((await extractContent("a.txt", bytes)).doubts?.join(), hex).to.include("is not known");
    }
  });

  it("does not doubt what is usual in windows-1252", async () => {
    const texts = [
      ...["œuvre 20 € – cœur d’été", "Paris–Lyon", "Žižek, Košice, Šimek", "IŠTVAN", "BÖHM Straße"],
      ...[
        "¡Hola! ¿Qué? 2½ ½ l",
        "§ 5 Abs. 3, «bonjour»",
        "Foo™, it’s",
        "…so…oder…nicht…",
        "•Müller",
      ],
      ...["Þór, ÍSLAND", "Größe: 5°C ± 2 µm", "10 000 € für 5×3 m²", "El Niño†, “señor”", "café"],
    ];
    for (const text of texts) {
      const whole = `Le général a été élu président de la société, et il en est content: ${text}`;
      const bytes = inCharset("windows-1252", whole);
      const found = await extractContent("a.txt", bytes);
      expect([found.text, found.doubts]).to.deep.equal([whole, undefined]);
    }
  });

  it("keeps a single letter at the end of a text", async () => {
    for (const text of ["café", "Le menu du café"]) {
      expect((await extractContent("a.txt", Buffer.from(text, "latin1"))).text).to.equal(text);
    }
  });
});
