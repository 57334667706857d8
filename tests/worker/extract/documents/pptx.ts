import { zipOf } from "../zip-of";
import type { DocumentKind } from "./document-kind";
import {
  contentTypes,
  escaped,
  namespaces,
  propertyParts,
  propertyPlaces,
  propertyRelationships,
  relationships,
} from "./xml";

export const pptx: DocumentKind = {
  places: [
    ...[
      "first",
      "second",
      "table",
      "notes",
      "comment",
      "newComment",
      "diagram",
      "drawn",
      "picture",
    ],
    ...["layout", "master", ...propertyPlaces],
  ],
  write(texts) {
    const words = (place: string) => {
      const text = texts[place] ?? "";
      return `<a:p><a:r><a:t>${escaped(text.slice(0, 3))}</a:t></a:r>\n<a:r><a:t>${escaped(text.slice(3))}</a:t></a:r></a:p>`;
    };
    const shape = (place: string) => `<p:sp><p:txBody>${words(place)}</p:txBody></p:sp>`;
    const table = `<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody>${words("table")}</a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame>`;
    const placeholder =
      '<p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>Click to edit</a:t></a:r></a:p></p:txBody></p:sp>';
    const part = (name: string, content: string) =>
      `<p:${name} ${namespaces}>${content}</p:${name}>`;
    return zipOf({
      "[Content_Types].xml": contentTypes("/ppt/presentation.xml", "presentationml.presentation"),
      "_rels/.rels": relationships(
        ["rId1", "officeDocument", "ppt/presentation.xml"],
        ...propertyRelationships,
      ),
      "ppt/presentation.xml": `<p:presentation ${namespaces}><p:sldIdLst><p:sldId id="256" r:id="r2"/><p:sldId id="257" r:id="r1"/></p:sldIdLst></p:presentation>`,
      "ppt/_rels/presentation.xml.rels": relationships(
        ["r1", "slide", "slides/slide1.xml"],
        ["r2", "slide", "slides/slide2.xml"],
      ),
      "ppt/slides/slide1.xml": part("sld", shape("second") + table),
      "ppt/slides/slide2.xml": part(
        "sld",
        `${shape("first")}<p:cNvPr id="1" descr="${escaped(texts.picture ?? "")}"/>`,
      ),
      "ppt/slides/_rels/slide1.xml.rels": relationships(
        ["n", "notesSlide", "../notes/n1.xml"],
        ["c", "comments", "../comments/comment1.xml"],
        ["m", "comments", "../comments/modernComment1.xml"],
        ["d", "diagramData", "../diagrams/data1.xml"],
        ["g", "diagramDrawing", "../diagrams/drawing2.xml"],
        ["l", "slideLayout", "../slideLayouts/slideLayout1.xml"],
      ),
      "ppt/notes/n1.xml": part("notes", shape("notes")),
      "ppt/comments/comment1.xml": part(
        "cmLst",
        `<p:cm><p:text>${escaped(texts.comment ?? "")}</p:text></p:cm>`,
      ),
      "ppt/comments/modernComment1.xml": part("cmLst", words("newComment")),
      "ppt/diagrams/data1.xml": part("dataModel", words("diagram")),
      "ppt/diagrams/drawing2.xml": part("drawing", words("drawn")),
      "ppt/slideLayouts/slideLayout1.xml": part("sldLayout", placeholder + shape("layout")),
      "ppt/slideLayouts/_rels/slideLayout1.xml.rels": relationships([
        ...(["m", "slideMaster", "../slideMasters/slideMaster1.xml"] as const),
      ]),
      "ppt/slideMasters/slideMaster1.xml": part("sldMaster", shape("master") + placeholder),
      "ppt/slideMasters/_rels/slideMaster1.xml.rels": relationships(
        ["l1", "slideLayout", "../slideLayouts/slideLayout1.xml"],
        ["l2", "slideLayout", "../slideLayouts/slideLayout2.xml"],
      ),
      "ppt/slideLayouts/slideLayout2.xml": part("sldLayout", "<a:t>of no slide</a:t>"),
      ...propertyParts(texts),
    });
  },
};
