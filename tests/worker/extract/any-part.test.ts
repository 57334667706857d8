import { expect } from "chai";
import fc from "fast-check";
import { normaliseText } from "../../../worker/index-store/normalise";
import { extractContent } from "./file-on-disk";
import { zipOf } from "./zip-of";

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Phrases as people write them, each with a number that no other has. */
const phrase = fc
  .tuple(
    fc.constantFrom(
      "請求書の控え",
      "業務委託契約",
      "R&D <draft>",
      "Köhler's offer",
      "見積 No",
      "カタログ",
    ),
    fc.nat({ max: 99_999 }),
  )
  .map(([words, number]) => `${words} ${number}`);

const relationships = (...entries: [id: string, kind: string, target: string][]) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${entries
    .map(
      ([id, kind, target]) =>
        `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${kind}" Target="${target}"/>`,
    )
    .join("")}</Relationships>`;
const contentTypes = (part: string, type: string) =>
  `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.${type}.main+xml"/></Types>`;

const namespaces =
  'xmlns:w="http://w" xmlns:r="http://r" xmlns:mc="http://mc" xmlns:wp="http://wp" xmlns:a="http://a" xmlns:m="http://m" xmlns:c="http://c" xmlns:p="http://p" xmlns:wps="http://wps"';
const run = (text: string) => `<w:r><w:t xml:space="preserve">${escaped(text)}</w:t></w:r>`;
const paragraph = (content: string) =>
  `<w:p><w:pPr><w:tabs><w:tab w:pos="1"/></w:tabs></w:pPr>${content}</w:p>`;
/** Cut anywhere, as Word does when somebody edits. */
const inRuns = (text: string) => `${run(text.slice(0, 3))}<w:proofErr/>${run(text.slice(3))}`;

type Place = (text: string) => string;
const docxBody: Record<string, Place> = {
  paragraph: (text) => paragraph(inRuns(text)),
  table: (text) => `<w:tbl><w:tr><w:tc>${paragraph(run(text))}</w:tc></w:tr></w:tbl>`,
  link: (text) => paragraph(`<w:hyperlink r:id="x">${run(text)}</w:hyperlink>`),
  insertion: (text) => paragraph(`<w:ins>${run(text)}</w:ins>`),
  control: (text) => `<w:sdt><w:sdtContent>${paragraph(run(text))}</w:sdtContent></w:sdt>`,
  field: (text) => paragraph(`<w:r><w:instrText>REF x</w:instrText></w:r>${run(text)}`),
  box: (text) =>
    paragraph(
      `${run("around ")}<mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent>${paragraph(run(text))}</w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:t>other</w:t></mc:Fallback></mc:AlternateContent>${run("the box")}`,
    ),
  around: (text) =>
    paragraph(
      `${run(text.slice(0, 4))}<w:r><w:drawing><wps:txbx><w:txbxContent>${paragraph(run("inside"))}</w:txbxContent></wps:txbx></w:drawing></w:r>${run(text.slice(4))}`,
    ),
  picture: (text) => paragraph(`<w:r><wp:docPr id="1" descr="${escaped(text)}"/></w:r>`),
  formula: (text) => paragraph(`<m:oMath><m:r><m:t>${escaped(text)}</m:t></m:r></m:oMath>`),
  guide: (text) =>
    paragraph(
      `<w:r><w:ruby><w:rt>${run("よみ")}</w:rt><w:rubyBase>${run(text.slice(0, 2))}</w:rubyBase></w:ruby></w:r>${run(text.slice(2))}`,
    ),
};
const docxParts = [
  "header1",
  "footer1",
  "footnotes",
  "endnotes",
  "comments",
  "diagramData",
  "chart",
];

function asDocx(texts: Record<string, string>) {
  const body = Object.entries(docxBody).map(([place, write]) => write(texts[place] ?? ""));
  const part = (name: string) =>
    name === "chart" || name === "diagramData"
      ? `<c:chart ${namespaces}><a:p><a:r><a:t>${escaped(texts[name] ?? "")}</a:t></a:r></a:p></c:chart>`
      : `<w:part ${namespaces}>${paragraph(run(texts[name] ?? ""))}</w:part>`;
  return zipOf({
    "[Content_Types].xml": contentTypes("/word/document.xml", "wordprocessingml.document"),
    "_rels/.rels": relationships(["rId1", "officeDocument", "word/document.xml"]),
    "word/document.xml": `<w:document ${namespaces}><w:body>${body.join("")}</w:body></w:document>`,
    "word/_rels/document.xml.rels": relationships(
      ...docxParts.map((name): [string, string, string] => [
        name,
        name.replace(/\d/, ""),
        `parts/${name}.xml`,
      ]),
    ),
    ...Object.fromEntries(docxParts.map((name) => [`word/parts/${name}.xml`, part(name)])),
  });
}

const sheetCells: Record<string, Place> = {
  inline: (text) => `<c r="A1" t="inlineStr"><is><t>${escaped(text)}</t></is></c>`,
  formula: (text) => `<c r="B1" t="str"><f>CONCAT("x")</f><v>${escaped(text)}</v></c>`,
  shared: () => '<c r="C1" t="s"><v>0</v></c>',
  rich: () => '<c r="D1" t="s"><v>1</v></c>',
};

function asXlsx(texts: Record<string, string>) {
  const cells = Object.entries(sheetCells).map(([place, write]) => write(texts[place] ?? ""));
  const text = (place: string) => escaped(texts[place] ?? "");
  const rich = `<si><r><t>${escaped(texts.rich?.slice(0, 2) ?? "")}</t></r><r><t xml:space="preserve">${escaped(texts.rich?.slice(2) ?? "")}</t></r><rPh sb="0" eb="1"><t>よみ</t></rPh></si>`;
  return zipOf({
    "[Content_Types].xml": contentTypes("/xl/workbook.xml", "spreadsheetml.sheet"),
    "_rels/.rels": relationships(["rId1", "officeDocument", "xl/workbook.xml"]),
    "xl/workbook.xml": `<workbook xmlns:r="http://r"><sheets><sheet name="${text("sheet")}" sheetId="1" r:id="s1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relationships(
      ["s1", "worksheet", "worksheets/sheet1.xml"],
      ["s2", "sharedStrings", "sharedStrings.xml"],
    ),
    "xl/sharedStrings.xml": `<sst><si><t>${text("shared")}</t></si>${rich}</sst>`,
    "xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1">${cells.join("")}</row></sheetData><headerFooter><oddHeader>&amp;L&amp;"Arial,Bold"${text("head").replaceAll("&amp;", "&amp;&amp;")}</oddHeader></headerFooter></worksheet>`,
    "xl/worksheets/_rels/sheet1.xml.rels": relationships(
      ["c", "comments", "../comments1.xml"],
      ["d", "drawing", "../drawings/drawing1.xml"],
    ),
    "xl/comments1.xml": `<comments><commentList><comment><text><r><t xml:space="preserve">${text("comment")}</t></r></text></comment></commentList></comments>`,
    "xl/drawings/drawing1.xml": `<xdr:wsDr ${namespaces}><a:p><a:r><a:t>${text("drawing")}</a:t></a:r></a:p></xdr:wsDr>`,
  });
}

function asPptx(texts: Record<string, string>) {
  const slide = (place: string) =>
    `<p:sld ${namespaces}><a:p><a:r><a:t>${escaped((texts[place] ?? "").slice(0, 3))}</a:t></a:r><a:r><a:t>${escaped((texts[place] ?? "").slice(3))}</a:t></a:r></a:p></p:sld>`;
  return zipOf({
    "[Content_Types].xml": contentTypes("/ppt/presentation.xml", "presentationml.presentation"),
    "_rels/.rels": relationships(["rId1", "officeDocument", "ppt/presentation.xml"]),
    "ppt/presentation.xml": `<p:presentation ${namespaces}><p:sldIdLst><p:sldId id="256" r:id="r2"/><p:sldId id="257" r:id="r1"/></p:sldIdLst></p:presentation>`,
    "ppt/_rels/presentation.xml.rels": relationships(
      ["r1", "slide", "slides/slide1.xml"],
      ["r2", "slide", "slides/slide2.xml"],
    ),
    "ppt/slides/slide1.xml": slide("second"),
    "ppt/slides/slide2.xml": slide("first"),
    "ppt/slides/_rels/slide1.xml.rels": relationships(["n", "notesSlide", "../notes/n1.xml"]),
    "ppt/notes/n1.xml": slide("notes"),
  });
}

function asOdt(texts: Record<string, string>) {
  const text = (place: string) => escaped(texts[place] ?? "");
  const content = [
    `<text:h>${text("heading")}</text:h>`,
    `<text:p>${escaped(texts.paragraph?.slice(0, 3) ?? "")}<text:span>${escaped(texts.paragraph?.slice(3) ?? "")}</text:span></text:p>`,
    `<text:p>x<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>${text("note")}</text:p></text:note-body></text:note>y</text:p>`,
    `<text:p>x<office:annotation><dc:creator>k</dc:creator><text:p>${text("comment")}</text:p></office:annotation></text:p>`,
    `<table:table table:name="${text("sheet")}"><table:table-row><table:table-cell><text:p>${text("cell")}</text:p></table:table-cell></table:table-row></table:table>`,
    `<draw:frame><draw:text-box><text:p>${text("box")}</text:p></draw:text-box></draw:frame>`,
  ];
  return zipOf({
    mimetype: "application/vnd.oasis.opendocument.text",
    "content.xml": `<office:document-content><office:body><office:text>${content.join("")}</office:text></office:body></office:document-content>`,
    "styles.xml": `<office:document-styles><office:master-styles><style:header><text:p>${text("header")}</text:p></style:header></office:master-styles></office:document-styles>`,
  });
}

function asHtml(texts: Record<string, string>) {
  const text = (place: string) => escaped(texts[place] ?? "");
  return `<!doctype html><html><head><title>t</title><meta name="description" content="${text("description")}"><script>var a="<p>";</script></head><body>
<p>${text("paragraph")}</p><ul><li>${text("item")}<ul><li>${text("inner")}</ul></ul><table><tr><td>${text("cell")}<td>x</table>
<img src="a.png" alt="${text("picture")}"><input value="${text("field")}"><textarea>${text("area")}</textarea><select><option>${text("option")}</select>
<noscript>${text("noscript")}</noscript><svg><title>icon</title><text>${text("drawing")}</text></svg><details><summary>${text("summary")}</summary></details></body></html>`;
}

const asJson = (texts: Record<string, string>) =>
  JSON.stringify({ list: [[texts.item]], name: { deep: texts.deep }, [texts.key ?? "k"]: 1 });
const quoted = (text = "") => `"${text.replaceAll('"', '""')}"`;
const asCsv = (texts: Record<string, string>) =>
  `a,b\n${quoted(texts.first)},x\ny,${quoted(texts.last)}\n`;

const formats: Record<
  string,
  { places: string[]; write: (texts: Record<string, string>) => string | Promise<Buffer> }
> = {
  "a.docx": { places: [...Object.keys(docxBody), ...docxParts], write: asDocx },
  "a.xlsx": {
    places: [...Object.keys(sheetCells), "sheet", "head", "comment", "drawing"],
    write: asXlsx,
  },
  "a.pptx": { places: ["first", "second", "notes"], write: asPptx },
  "a.odt": {
    places: ["heading", "paragraph", "note", "comment", "sheet", "cell", "box", "header"],
    write: asOdt,
  },
  "a.html": {
    places:
      "description paragraph item inner cell picture field area option noscript drawing summary".split(
        " ",
      ),
    write: asHtml,
  },
  "a.json": { places: ["item", "deep", "key"], write: asJson },
  "a.csv": { places: ["first", "last"], write: asCsv },
};

describe("a phrase in any part of a document", () => {
  for (const [key, { places, write }] of Object.entries(formats)) {
    it(`is found in the text of ${key}: ${places.join(", ")}`, async () => {
      const documents = fc.record(Object.fromEntries(places.map((place) => [place, phrase])));
      await fc.assert(
        fc.asyncProperty(documents, async (texts) => {
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
});
