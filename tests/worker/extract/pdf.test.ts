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

const helvetica = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";

/** A page that says "page", with further objects from number 6 on. */
const pageWith = (further: string[], catalog = "", page = "", content = "") =>
  pdfOf(`BT /F1 9 Tf 40 40 Td (page) Tj ${content} ET`, "", [helvetica, ...further], catalog, page);

const stream = (content: string) =>
  `<< /Length ${content.length} >>\nstream\n${content}\nendstream`;

/** A page in a font that is not in the file. */
const pageInFont = (name: string, encoding: string, ordering: string, kind = "CIDFontType0") =>
  pdfOf("BT /F1 9 Tf 40 40 Td <A4A4> Tj ET", "", [
    `<< /Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /${encoding} /DescendantFonts [6 0 R] >>`,
    `<< /Type /Font /Subtype /${kind} /BaseFont /${name} /DW 1000 /FontDescriptor 7 0 R /CIDSystemInfo << /Registry (Adobe) /Ordering (${ordering}) /Supplement 0 >> >>`,
    `<< /Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [0 -137 1000 859] /ItalicAngle 0 /Ascent 859 /Descent -137 /CapHeight 700 /StemV 80 >>`,
  ]);

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

  it("is read with notes that have only rich text, whatever kind of note and of rich text it is", async () => {
    const note = (kind: string, rich: string) =>
      pageWith(
        [
          `<< /Type /Annot /Subtype /${kind} /Rect [0 0 9 9] /RC ${rich} >>`,
          stream("<body><p>noted</p></body>"),
        ],
        "",
        "/Annots [6 0 R]",
      );
    for (const kind of ["Text", "FreeText", "Highlight", "Link", "Popup", "Redact"]) {
      for (const rich of [
        "(<body><p>noted</p></body>)",
        "(noted)",
        "(<div>noted</div>)",
        "7 0 R",
      ]) {
        const { text, doubts } = await extractContent("a.pdf", note(kind, rich));
        expect(text.split(/\n+/).filter(Boolean), kind + rich).to.deep.equal(["page", "noted"]);
        expect(doubts).to.equal(undefined);
      }
    }
  });

  it("is read with the values of fields that are on no page, but not with passwords", async () => {
    const found = await extractContent(
      "a.pdf",
      pageWith(
        [
          "<< /FT /Tx /T (a) /V (first) >>",
          "<< /T (b) /FT /Ch /Kids [8 0 R] >>",
          "<< /T (c) /Parent 7 0 R /V [(second) (third)] >>",
          "<< /FT /Tx /T (d) /Ff 8192 /V (secret) >>",
          "<< /FT /Tx /T (e) /V 11 0 R /RV (<body><p>fifth</p></body>) >>",
          stream("fourth"),
          "<< /FT /Tx /T (f) /V (removed) >>",
        ],
        "/AcroForm << /Fields [6 0 R 7 0 R 9 0 R 10 0 R] >>",
      ),
    );
    expect(found.text.split(/\n+/)).to.have.members(
      "page first second third fourth fifth".split(" "),
    );
    expect(found.doubts).to.equal(undefined);
  });

  it("is read with what its text means, and doubtful where the letters show something else", async () => {
    const meant = "<FEFF610F5473>";
    const inline = pageWith([], "", "", `/Span << /ActualText ${meant} >> BDC (glyphs) Tj EMC`);
    const inTree = pageWith(
      [`<< /Type /StructTreeRoot /K << /S /Span /ActualText ${meant} >> >>`],
      "/StructTreeRoot 6 0 R",
    );
    for (const content of [inline, inTree]) {
      const { text, doubts } = await extractContent("a.pdf", content);
      expect(text).to.match(/意味$/);
      expect(doubts).to.deep.equal([
        "some text does not show what it means, its meaning stands last",
      ]);
    }
    const same = pageWith([], "", "", "/Span << /ActualText (same) >> BDC (same) Tj EMC");
    const found = await extractContent("a.pdf", same);
    expect([found.text.match(/same/g), found.doubts]).to.deep.equal([["same"], undefined]);
  });

  it("is read with what its pictures show and its abbreviations mean", async () => {
    const content = pageWith(
      ["<< /Type /StructTreeRoot /K [<< /S /Figure /Alt (picture) >> << /S /Span /E (long) >>] >>"],
      "/StructTreeRoot 6 0 R",
      "",
      "/Figure << /Alt (other \\(picture\\)) >> BDC EMC",
    );
    const { text, doubts } = await extractContent("a.pdf", content);
    expect(text.split(/\n+/)).to.have.members(["page", "picture", "other (picture)", "long"]);
    expect(doubts).to.equal(undefined);
  });

  it("is doubtful in a font that does not say what its letters are, and not where its name or collection says it", async () => {
    const doubts = async (...font: Parameters<typeof pageInFont>) =>
      (await extractContent("a.pdf", pageInFont(...font))).doubts?.join();
    expect(await doubts("Unknown", "Identity-H", "Identity")).to.include("the font Unknown");
    expect(await doubts("MSung-Light", "Identity-H", "Identity")).to.include("MSung-Light");
    expect(await doubts("MSung-Light", "ETen-B5-H", "CNS1")).to.equal(undefined);
    expect(await doubts("Arial", "Identity-H", "Identity", "CIDFontType2")).to.equal(undefined);
    const { text } = await extractContent("a.pdf", pageInFont("MSung-Light", "ETen-B5-H", "CNS1"));
    expect(text).to.include("中");
  });

  it("is read with its notes if only changes of it need a password", async () => {
    const document = new PDFDocument({ ownerPassword: "x", pdfVersion: "1.7" });
    const bytes = buffer(document);
    document.text("page").addNamedDestination("d");
    const rich = { Subtype: "Link", RC: new String("<body><p>noted</p></body>") };
    document.annotate(0, 0, 9, 9, rich as never);
    document.end();
    const { text, doubts } = await extractContent("a.pdf", await bytes);
    expect(text).to.include("noted");
    expect(doubts).to.equal(undefined);
  });
});
