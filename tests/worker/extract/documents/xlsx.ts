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

const cells: Record<string, Place> = {
  inline: (text) => `<c r="A1" t="inlineStr"><is><t>${escaped(text)}</t></is></c>`,
  formula: (text) => `<c r="B1" t="str"><f>CONCAT("x")</f><v>${escaped(text)}</v></c>`,
  shared: () => '<c r="C1" t="s"><v>0</v></c>',
  rich: () => '<c r="D1" t="s"><v>1</v></c>',
};

export const xlsx: DocumentKind = {
  places: [
    ...Object.keys(cells),
    ...["sheet", "hiddenSheet", "head", "comment", "threadedComment", "drawing", "picture"],
    ...["chart", "control", "prompt", "choice", "tip", "chartSheet", ...propertyPlaces],
  ],
  write(texts) {
    const text = (place: string) => escaped(texts[place] ?? "");
    const row = Object.entries(cells).map(([place, write]) => write(texts[place] ?? ""));
    const rich = `<si><r><t>${escaped(texts.rich?.slice(0, 2) ?? "")}</t></r><r><t xml:space="preserve">${escaped(texts.rich?.slice(2) ?? "")}</t></r><rPh sb="0" eb="1"><t>よみ</t></rPh></si>`;
    const further =
      `<dataValidations><dataValidation prompt="${text("prompt")}"><formula1>"a,${text("choice").replaceAll("&quot;", '""')},b"</formula1></dataValidation></dataValidations>` +
      `<hyperlinks><hyperlink ref="A1" tooltip="${text("tip")}"/></hyperlinks>` +
      `<headerFooter><oddHeader>&amp;L&amp;"Arial,Bold"${text("head").replaceAll("&amp;", "&amp;&amp;")}</oddHeader></headerFooter>`;
    const drawing = (place: string) => `<a:p><a:r><a:t>${text(place)}</a:t></a:r></a:p>`;
    return zipOf({
      "[Content_Types].xml": contentTypes("/xl/workbook.xml", "spreadsheetml.sheet"),
      "_rels/.rels": relationships(
        ["rId1", "officeDocument", "xl/workbook.xml"],
        ...propertyRelationships,
      ),
      // Any prefix may stand for a namespace.
      "xl/workbook.xml": `<x:workbook xmlns:x="http://x" xmlns:rel="http://r"><x:sheets><x:sheet name="${text("sheet")}" sheetId="1" rel:id="s1"/><x:sheet name="h" sheetId="2" state="hidden" rel:id="s3"/><x:sheet name="c" sheetId="3" rel:id="s4"/></x:sheets></x:workbook>`,
      "xl/_rels/workbook.xml.rels": relationships(
        ["s1", "worksheet", "worksheets/sheet1.xml"],
        ["s2", "sharedStrings", "SharedStrings.xml"],
        ["s3", "worksheet", "/xl/worksheets/sheet2.xml"],
        ["s4", "chartsheet", "chartsheets/sheet1.xml"],
      ),
      "xl/sharedStrings.xml": `<sst><si><t>${text("shared")}</t></si>${rich}</sst>`,
      "xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1">${row.join("\n")}</row></sheetData>${further}</worksheet>`,
      "xl/worksheets/sheet2.xml": `<x:worksheet xmlns:x="http://x"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>${text("hiddenSheet")}</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`,
      "xl/worksheets/_rels/sheet1.xml.rels": relationships(
        ["c", "comments", "../comments1.xml"],
        ["t", "threadedComment", "../threadedComments/threadedComment1.xml"],
        ["d", "drawing", "../drawings/drawing1.xml"],
        ["v", "vmlDrawing", "../drawings/vmlDrawing1.vml"],
      ),
      "xl/comments1.xml": `<comments><commentList><comment><text><r><t xml:space="preserve">${text("comment")}</t></r></text></comment></commentList></comments>`,
      "xl/threadedComments/threadedComment1.xml": `<ThreadedComments><threadedComment><text>${text("threadedComment")}</text></threadedComment></ThreadedComments>`,
      "xl/drawings/drawing1.xml": `<xdr:wsDr ${namespaces}><xdr:cNvPr id="1" descr="${text("picture")}"/>${drawing("drawing")}</xdr:wsDr>`,
      "xl/drawings/_rels/drawing1.xml.rels": relationships(["c", "chart", "../charts/chart1.xml"]),
      "xl/charts/chart1.xml": `<c:chartSpace ${namespaces}>${drawing("chart")}</c:chartSpace>`,
      "xl/drawings/vmlDrawing1.vml": `<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><v:textbox><div style='text-align:left'><font face="Arial">${text("control")}</font></div></v:textbox></v:shape></xml>`,
      "xl/chartsheets/sheet1.xml": "<chartsheet/>",
      "xl/chartsheets/_rels/sheet1.xml.rels": relationships([
        ...(["d", "drawing", "../drawings/drawing2.xml"] as const),
      ]),
      "xl/drawings/drawing2.xml": `<xdr:wsDr ${namespaces}>${drawing("chartSheet")}</xdr:wsDr>`,
      ...propertyParts(texts),
    });
  },
};
