import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import PDFDocument from "pdfkit";
import { pdfOf } from "../../../rehearsal/files/pdf-formats";
import { extractContent } from "./file-on-disk";

/** A form of Adobe's LiveCycle: the page itself asks for another program. */
function xfaForm(): Buffer {
  const form =
    '<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template xmlns="http://www.xfa.org/schema/xfa-template/3.3/">' +
    '<subform name="f" layout="tb"><pageSet><pageArea><contentArea x="0" y="0" w="200mm" h="200mm"/><medium stock="a4"/></pageArea></pageSet>' +
    '<subform w="100mm" h="100mm"><draw w="50mm" h="10mm"><value><text>printed</text></value></draw>' +
    '<field name="a" w="50mm" h="10mm"><ui><textEdit/></ui></field></subform></subform></template>' +
    '<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><f><a>filled in</a></f></xfa:data></xfa:datasets></xdp:xdp>';
  return pdfOf(
    "BT (Please wait) Tj ET",
    "",
    [`<< /Length ${form.length} >>\nstream\n${form}\nendstream`],
    "/NeedsRendering true /AcroForm << /Fields [] /XFA 5 0 R >>",
  );
}

describe("a pdf", () => {
  it("that is an XFA form is read with what is filled in", async () => {
    const { text } = await extractContent("a.pdf", xfaForm());
    expect(text.split("\n")).to.include.members(["printed", "filled in"]);
    expect(text).not.to.include("Please wait");
  });

  it("is read whatever bytes its header comes after, where its name or type says pdf", async () => {
    const content = pdfOf("BT /F1 9 Tf 40 40 Td (phrase) Tj ET", "", [
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]);
    const late = Buffer.concat([Buffer.from("POST /upload\r\nX: y "), content]);
    expect((await extractContent("a.pdf", late)).text).to.include("phrase");
    expect((await extractContent("a", late, { contentType: "application/pdf" })).text).to.include(
      "phrase",
    );
    const about = await extractContent("a.txt", "Files begin with %PDF-1.4 and a line end.");
    expect(about.format).to.equal("text");
  });

  it("is doubtful if some of its pages have no text, or if it has files in it", async () => {
    const document = new PDFDocument();
    const bytes = buffer(document);
    document.text("text").addPage().addPage().file(Buffer.from("x"), { name: "attached.txt" });
    document.end();
    const { doubts } = await extractContent("a.pdf", await bytes);
    expect(doubts).to.deep.equal([
      "2 of 3 pages have no text: 2, 3",
      "attached.txt is a file in the file, which is not read",
    ]);
  });

  it("shows the choice of a list, which is stored by a value of its own", async () => {
    const field =
      "<< /Type /Annot /Subtype /Widget /Rect [0 0 90 9] /FT /Ch /Ff 131072 /T (a) /V (7) /Opt [[(7) (seventh)] [(8) (eighth)]] >>";
    const content = pdfOf("", "", [field], "/AcroForm << /Fields [5 0 R] >>", "/Annots [5 0 R]");
    const { text } = await extractContent("a.pdf", content);
    expect(text).to.include("seventh").and.not.include("eighth");
  });
});
