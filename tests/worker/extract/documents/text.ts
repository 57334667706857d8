import { encode, type TextEncoding } from "../../../../rehearsal/files/text-formats";
import type { DocumentKind } from "./document-kind";
import { escaped } from "./xml";

export const html: DocumentKind = {
  places:
    "description paragraph item inner cell picture field area option label noscript drawing summary marked preformatted frame guide shadow proposal".split(
      " ",
    ),
  write(texts) {
    const text = (place: string) => escaped(texts[place] ?? "");
    const part = (place: string, from: number, to?: number) =>
      escaped((texts[place] ?? "").slice(from, to));
    return `<!doctype html><html><head><title>t</title><meta name="description" content="${text("description")}"><script>var a="<p>";</script></head><body>
<p>${text("paragraph")}</p><ul><li>${text("item")}<ul><li>${text("inner")}</ul></ul><table><tr><td>${text("cell")}<td>x</table>
<img src="a.png" alt="${text("picture")}"><input value="${text("field")}"><textarea>${text("area")}</textarea><select><option>${text("option")}<optgroup label="${text("label")}"></select>
<p>${part("marked", 0, 2)}<ins>${part("marked", 2, 3)}</ins><x-mark>${part("marked", 3, 4)}</x-mark><img src="b.png">${part("marked", 4)}</p><pre>${text("preformatted")}</pre>
<iframe srcdoc="${escaped(`<p>${text("frame")}</p>`)}"></iframe><p><ruby>${part("guide", 0, 2)}<rp>(</rp><rt>よみ</rt><rp>)</rp></ruby>${part("guide", 2)}</p>
<noscript>${text("noscript")}</noscript><svg><title>icon</title><text>${text("drawing")}</text></svg><x-a><template shadowrootmode="open"><p>${text("shadow")}</p></template></x-a><datalist><option value="${text("proposal")}"></datalist><details><summary>${text("summary")}</summary></details></body></html>`;
  },
};

export const xhtml: DocumentKind = {
  places: ["paragraph", "prefixed", "other"],
  write: (texts) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a"/><style/></head><body><div/><p>${escaped(texts.paragraph ?? "")}</p><h:p xmlns:h="http://www.w3.org/1999/xhtml">${escaped(texts.prefixed ?? "")}</h:p><script xmlns="urn:play">${escaped(texts.other ?? "")}</script></body></html>`,
};

export const json: DocumentKind = {
  places: ["item", "deep", "key", "object", "list", "empty"],
  write: (texts) =>
    JSON.stringify({
      list: [[texts.item]],
      name: { deep: texts.deep },
      [texts.key ?? ""]: 1,
      [texts.object ?? ""]: { inside: true },
      [texts.list ?? ""]: [[], { x: null }],
      [texts.empty ?? ""]: {},
    }),
};

export const jsonl: DocumentKind = {
  places: ["first", "name", "last"],
  write: (texts) =>
    `${JSON.stringify({ a: texts.first })}\n\n${JSON.stringify({ [texts.name ?? ""]: [1] })}\r\n${JSON.stringify([texts.last])}`,
};

const quoted = (text = "") => `"${text.replaceAll('"', '""')}"`;

export const csv: DocumentKind = {
  places: ["head", "first", "last"],
  write: (texts) => `a,${quoted(texts.head)}\n${quoted(texts.first)},x\ny,${quoted(texts.last)}\n`,
};

export const tsv: DocumentKind = {
  places: ["head", "first", "last"],
  write: (texts) => `a\t${texts.head}\n${texts.first}\tx\ny\t${texts.last}\n`,
};

export const markdown: DocumentKind = {
  places: ["heading", "paragraph", "cell", "code"],
  write: (texts) =>
    `# ${texts.heading}\n\n${texts.paragraph}\n\n| a |\n|---|\n| ${texts.cell} |\n\n\`\`\`\n${texts.code}\n\`\`\`\n`,
};

/** Begins with a sentence: a few characters do not show their character set. */
export const text = (encoding: TextEncoding): DocumentKind => ({
  places: ["first", "last"],
  write: (texts) =>
    encode(
      `東京都港区の株式会社青葉商事は、契約書に署名した。\r\n${texts.first}\r\n\r\n${texts.last}`,
      encoding,
    ),
});
