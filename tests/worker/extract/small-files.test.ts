import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { normaliseText } from "../../../worker/index-store/normalise";
import { extractContent } from "./file-on-disk";

const read = (name: string) => extractContent(name, readFileSync(join(__dirname, "files", name)));

/** What must be found in the text of each file. */
const expected: Record<string, { has?: string[]; lacks?: string[]; is?: object; doubt?: RegExp }> =
  {
    "sjis-one-bad.txt": {
      has: ["契約書の本文です。営業部の資料。"],
      is: { charset: "shift_jis" },
      doubt: /1 place is damaged, read as shift_jis/,
    },
    "utf8-broken.txt": {
      has: ["正しい文章がここにあります"],
      is: { charset: "utf-8" },
      doubt: /damaged/,
    },
    "halfkana-sjis.txt": { has: ["カブシキガイシャ ヤマダ"], is: { charset: "shift_jis" } },
    "phonetic-guide.docx": { has: ["髙橋様 の 請求書です", "たかはし", "せいきゅうしょ"] },
    "headers.docx": {
      has: ["本文の段落 body paragraph", "HEADERMARK", "FOOTERMARK 文書番号A-77", "cell2"],
    },
    "jan.xlsx": { has: ["4901234567894", "123456789012", "0.1234567890123", "JANコード"] },
    "bigint.json": { has: ["orderId: 12345678901234567890", "n: 1.10"] },
    "lines.jsonl": { is: { format: "json", text: "id: 1\nid: 2" } },
    "openquote.csv": { has: ["unfinished note", "3,last row MARK"], doubt: /not valid CSV/ },
    "ruby.html": { has: ["契約書を送付します", "けいやくしょ"], lacks: ["("] },
    "xhtml.xhtml": { has: ["本文 BODYMARK"], is: { title: "表題", charset: "shift_jis" } },
    "svgtitle.html": { has: ["text", "MARK1", "MARK2"], is: { title: "Real title" } },
    "form.pdf": { has: ["FORMVALUEMARK"] },
    "leading-newlines.pdf": { has: ["JUNKMARK text"], is: { format: "pdf" } },
    "cid-zh-cn.pdf": { has: ["合同编号 中文文本"] },
  };

describe("small files that were read wrongly", () => {
  for (const [name, { has = [], lacks = [], is = {}, doubt }] of Object.entries(expected)) {
    it(`reads ${name}`, async () => {
      const found = await read(name);
      const text = normaliseText(found.text);
      for (const part of has) expect(text).to.include(normaliseText(part));
      for (const part of lacks) expect(text).not.to.include(part);
      expect(found).to.deep.include(is);
      if (doubt === undefined) expect(found.doubts).to.equal(undefined);
      else expect(found.doubts?.join()).to.match(doubt);
    });
  }
});
