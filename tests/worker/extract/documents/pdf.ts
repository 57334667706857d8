import { createRequire } from "node:module";
import { buffer } from "node:stream/consumers";
import PDFDocument from "pdfkit";
import type { DocumentKind } from "./document-kind";
import { escaped } from "./xml";

const font = createRequire(__filename).resolve(
  "@expo-google-fonts/sawarabi-gothic/400Regular/SawarabiGothic_400Regular.ttf",
);

export const pdf: DocumentKind = {
  places: [
    ...["first", "last", "chapter", "note", "free", "field", "lines", "choice"],
    ...["rich", "loose", "figure", "subject", "keywords"],
  ],
  write({ subject = "", keywords = "", ...texts }) {
    const text = (place: string) => texts[place] ?? "";
    const document = new PDFDocument({
      info: { Title: "t", Subject: subject, Keywords: keywords },
      pdfVersion: "1.7",
    });
    const bytes = buffer(document);
    document.font(font).fontSize(8);
    document.text(text("first"), 40, 40, { lineBreak: false });
    document.outline.addItem("1").addItem(text("chapter"));
    document.note(40, 80, 20, 20, text("note"));
    // pdfkit's types know no such annotation, and it writes a String object as text.
    const free = { Subtype: "FreeText", Contents: new String(text("free")) };
    document.annotate(40, 120, 200, 20, free as never);
    const rich = { Subtype: "Link", RC: new String(`<p>${escaped(text("rich"))}</p>`) };
    document.annotate(40, 140, 200, 10, rich as never);
    document.initForm();
    (
      document.formField("loose", { value: text("loose") } as never) as unknown as { end(): void }
    ).end();
    document.formText("field", 40, 160, 200, 20, { value: text("field") });
    document.formText("lines", 40, 200, 200, 60, { value: text("lines"), multiline: true });
    document.formCombo("choice", 40, 300, 200, 20, {
      select: ["x", text("choice")],
      value: text("choice"),
    });

    const figure = document.struct("Figure", { alt: text("figure") }, () => {
      document.rect(40, 340, 20, 20).stroke();
    });
    document.addStructure(figure);
    figure.end();
    document.addPage().text(text("last"), 40, 40, { lineBreak: false });
    document.end();
    return bytes;
  },
};
