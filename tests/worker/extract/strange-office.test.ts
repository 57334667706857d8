import { expect } from "chai";
import { strToU8, zipSync } from "fflate";
import { contentTypes, namespaces, relationships } from "./documents/xml";
import { extractContent, faultOf } from "./file-on-disk";

const zipped = (parts: Record<string, string | Buffer>, level: 0 | 6 = 6) =>
  Buffer.from(
    zipSync(
      Object.fromEntries(
        Object.entries(parts).map(([name, content]) => [
          name,
          typeof content === "string" ? strToU8(content) : content,
        ]),
      ),
      { level },
    ),
  );

const document = (xml: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><w:document ${namespaces}><w:body>${xml}</w:body></w:document>`;
const body = document("<w:p><w:r><w:t>契約 phrase</w:t></w:r></w:p>");
const types = contentTypes("/word/document.xml", "wordprocessingml.document");
const docx = (main: string | Buffer) =>
  zipped({ "[Content_Types].xml": types, "word/document.xml": main });

const sheet = (cells: string, more: Record<string, string> = {}) =>
  zipped({
    "[Content_Types].xml": contentTypes("/xl/workbook.xml", "spreadsheetml.sheet"),
    "xl/workbook.xml":
      '<workbook xmlns:r="http://r"><sheets><sheet name="S" sheetId="1" r:id="s"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": relationships(["s", "worksheet", "worksheets/sheet1.xml"]),
    "xl/worksheets/sheet1.xml": `<worksheet><sheetData><row>${cells}</row></sheetData></worksheet>`,
    ...more,
  });

describe("strange files of office programs", () => {
  it("are read in UTF-16, with a mark and without", async () => {
    const declared = body.replace("UTF-8", "UTF-16");
    const littleEndian = Buffer.from(declared, "utf16le");
    const mark = Buffer.from([0xff, 0xfe]);
    for (const main of [
      littleEndian,
      Buffer.concat([mark, littleEndian]),
      Buffer.from(littleEndian).swap16(),
      Buffer.concat([mark, littleEndian]).swap16(),
      // Converted, but its declaration was not.
      declared,
    ]) {
      expect((await extractContent("a.docx", docx(main))).text).to.equal("契約 phrase");
    }
  });

  it("are read whatever path their parts' names begin with, beside names that lead elsewhere", async () => {
    for (const before of ["./", "/", ".//"]) {
      const parts = { "[Content_Types].xml": types, [`${before}word/document.xml`]: body };
      const content = zipped({ ...parts, "../../outside": "x", "C:\\x": "", "empty/": "" });
      expect((await extractContent("a.docx", content)).text, before).to.equal("契約 phrase");
    }
  });

  it("say what is wrong with their container, not that they are another kind of file", async () => {
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`${at}.xml`, ""]));
    const content = zipped({ ...many, "xl/workbook.xml": "<workbook/>" });
    const limits = { maxZipEntries: 10 };
    expect(await faultOf(extractContent("a.xlsx", content, { limits }))).to.include(
      "has 13 zip entries; at most 10 are read",
    );
    // Compressed in a way that no office program uses.
    const stored = zipped({ "word/document.xml": body }, 0);
    for (const signature of ["PK\x03\x04", "PK\x01\x02"]) {
      const at = stored.indexOf(signature, 0, "latin1");
      stored.writeUInt16LE(12, at + (signature.endsWith("\x04") ? 8 : 10));
    }
    expect(await faultOf(extractContent("a.docx", stored))).to.match(/compression method: 12/);
  });

  it("are doubtful if a part of them was cut off, or has entities", async () => {
    const cut = await extractContent("a.docx", docx(body.slice(0, -30)));
    expect(cut.text).to.equal("契約 phrase");
    expect(cut.doubts).to.deep.equal(["word/document.xml was cut off"]);
    const entities = body.replace("?>", '?><!DOCTYPE w:document [<!ENTITY co "x">]>');
    expect((await extractContent("a.docx", docx(entities))).doubts).to.deep.equal([
      "word/document.xml has entities, which are not read",
    ]);
    expect((await extractContent("a.docx", docx(body))).doubts).to.equal(undefined);
  });

  it("are doubtful if a document lies in a document, or a slide is missing", async () => {
    const outer = zipped({
      "[Content_Types].xml": types,
      "word/document.xml": body,
      "word/_rels/document.xml.rels": relationships(["s", "subDocument", "sub.docx"]),
      "word/sub.docx": docx(body),
    });
    expect((await extractContent("a.docx", outer)).doubts?.join()).to.include("word/sub.docx");
    const slides = zipped({
      "[Content_Types].xml": contentTypes("/ppt/presentation.xml", "presentationml.presentation"),
      "ppt/presentation.xml": `<p:presentation ${namespaces}><p:sldIdLst><p:sldId r:id="lost"/><p:sldId r:id="s"/></p:sldIdLst></p:presentation>`,
      "ppt/_rels/presentation.xml.rels": relationships(["s", "slide", "slides/slide1.xml"]),
      "ppt/slides/slide1.xml": `<p:sld ${namespaces}><a:p><a:r><a:t>phrase</a:t></a:r></a:p></p:sld>`,
    });
    const found = await extractContent("a.pptx", slides);
    expect([found.text, found.doubts]).to.deep.equal([
      "phrase",
      ["slide 1 is missing in the file"],
    ]);
  });

  it("are doubtful if cells have formulas without values, or texts that are not in the file", async () => {
    const cells =
      '<c><f>CONCATENATE("契約",A1)</f></c><c><f>A1</f><v>7</v></c><c t="str"><f>A2</f><v></v></c><c t="s"><v>3</v></c>';
    const found = await extractContent("a.xlsx", sheet(cells));
    expect(found.text).to.equal('S\n=CONCATENATE("契約",A1)\t7');
    expect(found.doubts).to.deep.equal([
      'sheet "S": 1 cell has a formula and no value',
      'sheet "S": 1 cell has a text that is missing in the file',
    ]);
  });

  it("have their cells read that show a value without a text, in OpenDocument", async () => {
    const cell = (more: string, text = "") =>
      `<table:table-cell ${more}>${text}</table:table-cell>`;
    const cells = [
      cell('office:string-value="契約"'),
      cell('office:string-value="not twice"', "<text:p>shown</text:p>"),
      cell('office:boolean-value="true"'),
    ];
    const content = zipped({
      mimetype: "application/vnd.oasis.opendocument.spreadsheet",
      "content.xml": `<office:document-content><office:body><table:table table:name="S"><table:table-row>${cells.join("")}</table:table-row></table:table></office:body></office:document-content>`,
    });
    const { text } = await extractContent("a.ods", content);
    expect(text.split(/\s+/)).to.deep.equal(["S", "契約", "shown", "true"]);
  });

  it("are read where elements are nested 20,000 deep", async () => {
    const deep = `${"<w:sdt><w:sdtContent>".repeat(10_000)}<w:p><w:r><w:t>deep</w:t></w:r></w:p>${"</w:sdtContent></w:sdt>".repeat(10_000)}`;
    expect((await extractContent("a.docx", docx(document(deep)))).text).to.equal("deep");
  });

  it("have what is drawn of a diagram read, once, also where the diagram has no data", async () => {
    const drawn = (texts: string[]) =>
      `<dsp:drawing ${namespaces}>${texts.map((text) => `<dsp:sp><dsp:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></dsp:txBody></dsp:sp>`).join("")}</dsp:drawing>`;
    const parts = (...related: [string, string, string][]) => ({
      "[Content_Types].xml": types,
      "word/document.xml": body,
      "word/_rels/document.xml.rels": relationships(
        ["g", "diagramDrawing", "diagrams/drawing1.xml"],
        ...related,
      ),
      "word/diagrams/drawing1.xml": drawn(["first", "second"]),
    });
    const alone = await extractContent("a.docx", zipped(parts()));
    expect(alone.text.split("\n")).to.deep.equal(["契約 phrase", "first", "second"]);
    const data = `<dgm:dataModel ${namespaces}><dgm:pt><dgm:t><a:p><a:r><a:t>first</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>`;
    const both = await extractContent(
      "a.docx",
      zipped({
        ...parts(["d", "diagramData", "diagrams/data1.xml"]),
        "word/diagrams/data1.xml": data,
      }),
    );
    expect(both.text.split("\n")).to.deep.equal(["契約 phrase", "first", "second"]);
    const lost = await extractContent(
      "a.docx",
      zipped({ ...parts(["d", "diagramData", "diagrams/data1.xml"]) }),
    );
    expect(lost.text.split("\n")).to.deep.equal(["契約 phrase", "first", "second"]);
    expect(lost.doubts).to.deep.equal(["word/diagrams/data1.xml is missing in the file"]);
  });

  it("are read whatever prefixes stand for the namespaces of OpenDocument", async () => {
    const urn = "urn:oasis:names:tc:opendocument:xmlns";
    const content = zipped({
      mimetype: "application/vnd.oasis.opendocument.spreadsheet",
      "content.xml":
        `<o:document-content xmlns:o="${urn}:office:1.0"><o:body><o:spreadsheet xmlns:q="${urn}:table:1.0" xmlns:f="${urn}:form:1.0" xmlns:table="urn:other">` +
        `<f:form><f:text f:current-value="control"/></f:form><q:table q:name="sheet" table:name="x"><q:table-row><q:table-cell o:string-value="cell"/></q:table-row></q:table>` +
        `</o:spreadsheet></o:body></o:document-content>`,
    });
    const { text } = await extractContent("a.ods", content);
    expect(text.split(/\s+/)).to.have.members(["control", "sheet", "cell"]);
  });
});
