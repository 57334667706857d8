import { utils, write } from "@e965/xlsx";
import { strToU8, zipSync } from "fflate";
import { type BusinessDocument, tableRows } from "./business-document";

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const openXml = "http://schemas.openxmlformats.org";

/** The parts that a word processor needs to open a document: the text, its title and author, and which is which. */
export function asDocx(document: BusinessDocument): Buffer {
  const { title, author, phrase, paragraphs, columns, headings } = document;
  const rows = [columns, ...tableRows(document)].map((cells) => {
    const row = cells.map((text) => `<w:tc>${paragraph(text)}</w:tc>`);
    return `<w:tr>${row.join("")}</w:tr>`;
  });
  const body = [
    ...[title, headings.summary, phrase, ...paragraphs].map(paragraph),
    `<w:tbl><w:tblPr/><w:tblGrid>${"<w:gridCol/>".repeat(columns.length)}</w:tblGrid>${rows.join("")}</w:tbl>`,
    paragraph(""),
  ];
  const text = `<w:document xmlns:w="${openXml}/wordprocessingml/2006/main"><w:body>${body.join("")}</w:body></w:document>`;
  const properties =
    `<cp:coreProperties xmlns:cp="${openXml}/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">` +
    `<dc:title>${escaped(title)}</dc:title><dc:creator>${escaped(author)}</dc:creator></cp:coreProperties>`;
  const parts = {
    "[Content_Types].xml": contentTypes,
    "_rels/.rels": relationships,
    "docProps/core.xml": properties,
    "word/document.xml": text,
  };
  const files = Object.entries(parts).map(([name, xml]) => [name, strToU8(declaration + xml)]);
  return Buffer.from(zipSync(Object.fromEntries(files) as Record<string, Uint8Array>));
}

const paragraph = (text: string) =>
  `<w:p><w:r><w:t xml:space="preserve">${escaped(text)}</w:t></w:r></w:p>`;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const contentTypes =
  `<Types xmlns="${openXml}/package/2006/content-types">` +
  '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
  '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>' +
  '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>';

const relationships =
  `<Relationships xmlns="${openXml}/package/2006/relationships">` +
  `<Relationship Id="text" Type="${openXml}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
  `<Relationship Id="properties" Type="${openXml}/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`;

export function asXlsx(document: BusinessDocument): Buffer {
  const { title, author, phrase, columns, rows, headings } = document;
  const workbook = utils.book_new();
  workbook.Props = { Title: title, Author: author };
  const figures = rows.map(({ item, quantity, unitPrice, place }) => [
    item,
    quantity,
    unitPrice,
    place,
  ]);
  utils.book_append_sheet(
    workbook,
    utils.aoa_to_sheet([[...columns], ...figures]),
    headings.figures,
  );
  const summary = [[title], [phrase], [document.date]];
  utils.book_append_sheet(workbook, utils.aoa_to_sheet(summary), headings.summary);
  return write(workbook, { type: "buffer", bookType: "xlsx", compression: true }) as Buffer;
}
