import { Document, HeadingLevel, Packer, Paragraph, Table, TableCell, TableRow } from "docx";
import { utils, write } from "@e965/xlsx";
import { type BusinessDocument, tableRows } from "./business-document";

export async function asDocx(document: BusinessDocument): Promise<Buffer> {
  const { title, author, phrase, paragraphs, columns, headings } = document;
  const row = (cells: readonly string[]) =>
    new TableRow({
      children: cells.map((text) => new TableCell({ children: [new Paragraph(text)] })),
    });
  return Packer.toBuffer(
    new Document({
      title,
      creator: author,
      sections: [
        {
          children: [
            new Paragraph({ text: title, heading: HeadingLevel.TITLE }),
            new Paragraph({ text: headings.summary, heading: HeadingLevel.HEADING_1 }),
            new Paragraph(phrase),
            ...paragraphs.map((text) => new Paragraph(text)),
            new Table({ rows: [columns, ...tableRows(document)].map(row) }),
          ],
        },
      ],
    }),
  );
}

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
