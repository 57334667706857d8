import { zipOf } from "../zip-of";
import type { DocumentKind } from "./document-kind";
import { escaped } from "./xml";

/** The same parts in a text, a workbook and a presentation: each may have all of them. */
const openDocument = (kind: string, element: string): DocumentKind => ({
  places: [
    ...["heading", "paragraph", "note", "comment", "sheet", "cell", "box", "alternative"],
    ...[
      "guide",
      "link",
      "control",
      "header",
      "chart",
      "foot",
      "named",
      "subject",
      "keyword",
      "custom",
    ],
  ],
  write(texts) {
    const text = (place: string) => escaped(texts[place] ?? "");
    const content = [
      `<form:form><form:text form:current-value="${text("control")}"/></form:form>`,
      `<text:h>${text("heading")}</text:h>`,
      `<text:p>${escaped(texts.paragraph?.slice(0, 3) ?? "")}<text:span>${escaped(texts.paragraph?.slice(3) ?? "")}</text:span></text:p>`,
      `<text:p>x<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>${text("note")}</text:p></text:note-body></text:note>y</text:p>`,
      `<text:p>x<office:annotation><dc:creator>k</dc:creator><text:p>${text("comment")}</text:p></office:annotation></text:p>`,
      `<text:p><text:a>${text("link")}</text:a></text:p>`,
      `<text:p><text:ruby><text:ruby-base>${escaped(texts.guide?.slice(0, 2) ?? "")}</text:ruby-base><text:ruby-text>よみ</text:ruby-text></text:ruby>${escaped(texts.guide?.slice(2) ?? "")}</text:p>`,
      `<table:table table:name="${text("sheet")}"><table:table-row><table:table-cell><text:p>${text("cell")}</text:p></table:table-cell></table:table-row></table:table>`,
      `<presentation:footer-decl>${text("foot")}</presentation:footer-decl>`,
      `<q:table xmlns:q="urn:oasis:names:tc:opendocument:xmlns:table:1.0" q:name="${text("named")}"/>`,
      `<draw:frame><svg:desc>${text("alternative")}</svg:desc><draw:text-box><text:p>${text("box")}</text:p></draw:text-box></draw:frame>`,
    ];
    const body = (inner: string) =>
      `<office:document-content><office:body><office:${element}>${inner}</office:${element}></office:body></office:document-content>`;
    return zipOf({
      mimetype: `application/vnd.oasis.opendocument.${kind}`,
      "content.xml": body(content.join("")),
      "styles.xml": `<office:document-styles><office:master-styles><style:header><text:p>${text("header")}</text:p></style:header></office:master-styles></office:document-styles>`,
      "Object 1/content.xml": body(`<text:p>${text("chart")}</text:p>`),
      "meta.xml": `<office:document-meta><office:meta><dc:subject>${text("subject")}</dc:subject><meta:keyword>other</meta:keyword><meta:keyword>${text("keyword")}</meta:keyword><meta:user-defined meta:name="x">${text("custom")}</meta:user-defined></office:meta></office:document-meta>`,
    });
  },
});

export const odt = openDocument("text", "text");
export const ods = openDocument("spreadsheet", "spreadsheet");
export const odp = openDocument("presentation", "presentation");
