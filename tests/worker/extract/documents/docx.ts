import { zipOf } from "../zip-of";
import type { DocumentKind, Place } from "./document-kind";
import {
  contentTypes,
  escaped,
  namespaces,
  propertyParts,
  propertyPlaces,
  propertyRelationships,
  relationships,
} from "./xml";

const run = (text: string) => `<w:r><w:t xml:space="preserve">${escaped(text)}</w:t></w:r>`;
const paragraph = (content: string) =>
  `<w:p><w:pPr><w:tabs><w:tab w:pos="1"/></w:tabs></w:pPr>${content}</w:p>`;
/** Cut anywhere, as Word does when somebody edits. */
const inRuns = (text: string) =>
  `${run(text.slice(0, 3))}<w:proofErr/>\n  ${run(text.slice(3, 4))}<w:bookmarkStart/>${run(text.slice(4))}`;
const box = (text: string) =>
  `<wps:txbx><w:txbxContent>${paragraph(run(text))}</w:txbxContent></wps:txbx>`;

const body: Record<string, Place> = {
  paragraph: (text) => paragraph(inRuns(text)),
  table: (text) => `<w:tbl><w:tr><w:tc>${paragraph(run(text))}</w:tc></w:tr></w:tbl>`,
  innerTable: (text) =>
    `<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc>${paragraph(run(text))}</w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>`,
  link: (text) => paragraph(`<w:hyperlink r:id="x">${run(text)}</w:hyperlink>`),
  insertion: (text) => paragraph(`<w:ins>${run(text)}</w:ins>`),
  moved: (text) => paragraph(`<w:moveTo>${run(text)}</w:moveTo>`),
  control: (text) =>
    `<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>${paragraph(run(text))}</w:sdtContent></w:sdt>`,
  field: (text) => paragraph(`<w:r><w:instrText>REF x</w:instrText></w:r>${run(text)}`),
  simpleField: (text) => paragraph(`<w:fldSimple w:instr="TITLE">${run(text)}</w:fldSimple>`),
  list: (text) =>
    paragraph(
      `<w:r><w:fldChar><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="a"/><w:listEntry w:val="${escaped(text)}"/></w:ddList></w:ffData></w:fldChar></w:r>`,
    ),
  box: (text) =>
    paragraph(
      `${run("around ")}<mc:AlternateContent><mc:Choice>${box(text)}</mc:Choice><mc:Fallback><w:t>other</w:t></mc:Fallback></mc:AlternateContent>${run("the box")}`,
    ),
  onlyFallback: (text) =>
    paragraph(
      `<mc:AlternateContent><mc:Choice Requires="new"><new:form/></mc:Choice><mc:Fallback>${run(text)}</mc:Fallback></mc:AlternateContent>`,
    ),
  aroundBox: (text) =>
    paragraph(
      `${run(text.slice(0, 4))}<w:r><w:drawing>${box("inside")}</w:drawing></w:r>${run(text.slice(4))}`,
    ),
  oldBox: (text) =>
    paragraph(
      `<w:r><w:pict><v:shape><v:textbox><w:txbxContent>${paragraph(run(text))}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>`,
    ),
  watermark: (text) =>
    paragraph(
      `<w:r><w:pict><v:shape><v:textpath string="${escaped(text)}"/></v:shape></w:pict></w:r>`,
    ),
  picture: (text) => paragraph(`<w:r><wp:docPr id="1" descr="${escaped(text)}"/></w:r>`),
  oldPicture: (text) => paragraph(`<w:r><v:shape alt="${escaped(text)}"/></w:r>`),
  formula: (text) => paragraph(`<m:oMath><m:r><m:t>${escaped(text)}</m:t></m:r></m:oMath>`),
  guide: (text) =>
    paragraph(
      `<w:r><w:ruby><w:rt>${run("よみ")}</w:rt><w:rubyBase>${run(text.slice(0, 2))}</w:rubyBase></w:ruby></w:r>${run(text.slice(2))}`,
    ),
  guideInside: (text) =>
    paragraph(
      `${run(text.slice(0, 2))}<w:r><w:ruby><w:rt>${run("よみ")}</w:rt><w:rubyBase>${run(text.slice(2, 3))}</w:rubyBase></w:ruby></w:r>${run(text.slice(3))}`,
    ),
};

const parts: Record<string, Place> = {
  header: (text) => `<w:hdr ${namespaces}>${paragraph(run(text))}</w:hdr>`,
  footer: (text) => `<w:ftr ${namespaces}>${paragraph(run(text))}</w:ftr>`,
  footnotes: (text) => `<w:footnotes ${namespaces}>${paragraph(run(text))}</w:footnotes>`,
  endnotes: (text) => `<w:endnotes ${namespaces}>${paragraph(run(text))}</w:endnotes>`,
  comments: (text) => `<w:comments ${namespaces}>${paragraph(run(text))}</w:comments>`,
  diagramData: (text) =>
    `<dgm:dataModel ${namespaces}>\n<dgm:pt>\n<dgm:t>\n<a:p>\n<a:r>\n<a:t>${escaped(text.slice(0, 3))}</a:t>\n</a:r>\n<a:r>\n<a:t>${escaped(text.slice(3))}</a:t>\n</a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>`,
  chart: (text) =>
    `<c:chart ${namespaces}><c:cat><c:pt idx="0"><c:v>${escaped(text)}</c:v></c:pt></c:cat></c:chart>`,
  chartEx: (text) =>
    `<cx:chart ${namespaces}><cx:lvl><cx:pt idx="0">${escaped(text)}</cx:pt></cx:lvl></cx:chart>`,
};

/** Parts by their relationship, as a word processor writes them. */
export const docx: DocumentKind = {
  places: [...Object.keys(body), ...Object.keys(parts), "chunk", ...propertyPlaces],
  write(texts) {
    const elements = Object.entries(body).map(([place, write]) => write(texts[place] ?? ""));
    const kinds = Object.keys(parts);
    return zipOf({
      "[Content_Types].xml": contentTypes("/word/document.xml", "wordprocessingml.document"),
      "_rels/.rels": relationships(
        ["rId1", "officeDocument", "word/document.xml"],
        ...propertyRelationships,
      ),
      "word/document.xml": `<w:document ${namespaces}><w:body>${elements.join("")}<w:altChunk r:id="chunk"/></w:body></w:document>`,
      "word/_rels/document.xml.rels": relationships(
        ...kinds.map((kind): [string, string, string] => [kind, kind, `parts/${kind} 1.xml`]),
        ["chunk", "aFChunk", "/word/chunk.html"],
      ),
      "word/chunk.html": `<meta charset="utf-8"><p>${escaped(texts.chunk ?? "")}</p>`,
      ...Object.fromEntries(
        Object.entries(parts).map(([kind, write]) => [
          `word/parts/${kind} 1.xml`,
          write(texts[kind] ?? ""),
        ]),
      ),
      ...propertyParts(texts),
    });
  },
};
