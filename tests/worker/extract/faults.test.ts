import { expect } from "chai";
import { rehearsalFiles, type RehearsalFile } from "../../../rehearsal/files";
import { businessDocument } from "../../../rehearsal/files/business-document";
import { asDocx, asXlsx } from "../../../rehearsal/files/office-formats";
import { Random } from "../../../rehearsal/files/random";
import { extractContent, faultOf } from "./file-on-disk";
import { zipOf } from "./zip-of";

const contentTypes = (name: string, part: string) =>
  Buffer.from(
    `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="${name}" ContentType="application/vnd.openxmlformats-officedocument.${part}.main+xml"/></Types>`,
  );

describe("files that cannot be read", () => {
  const document = businessDocument(new Random(3), 9, "en");
  let bad: RehearsalFile[];

  before(async () => {
    bad = (await rehearsalFiles()).filter((file) => typeof file.expect === "object");
  });

  it("are refused with the reason that the rehearsal promises", async () => {
    // The one over the limit is found out before it is fetched.
    const readable = bad.filter(({ body }) => body.length < 100e6);
    expect(readable).to.have.length(7);
    for (const { key, body, contentType, expect: expected } of readable) {
      if (typeof expected === "string") throw new Error(`${key} is not bad`);
      const fault = await faultOf(extractContent(key, body, { contentType }));
      expect(`the file ${fault.replace("FileFault: ", "")}`).to.include(expected.deadLetterReason);
    }
  });

  it("a zip that hides its real size from its directory", async () => {
    const bomb = await zipOf({
      "[Content_Types].xml": contentTypes("/word/document.xml", "wordprocessingml.document"),
      "word/document.xml": Buffer.alloc(20_000_000, "a"),
    });
    // The sizes in the directory: 20,000,000 → 1,000.
    const real = Buffer.alloc(4);
    real.writeUInt32LE(20_000_000);
    const lie = Buffer.alloc(4);
    lie.writeUInt32LE(1000);
    for (let at = bomb.indexOf(real); at !== -1; at = bomb.indexOf(real, at)) lie.copy(bomb, at);
    expect(await faultOf(extractContent("a.docx", bomb))).to.match(
      /broken zip container: too many bytes/,
    );
  });

  it("a zip with too many entries", async () => {
    const limits = { maxZipEntries: 3 };
    const content = asDocx(document);
    expect(await faultOf(extractContent("a.docx", content, { limits }))).to.match(
      /has \d+ zip entries; at most 3/,
    );
  });

  it("a zip that inflates to more than the limit, however slowly it grows", async () => {
    const limits = { maxInflatedBytes: 2000 };
    for (const [key, content] of [
      ["a.docx", asDocx(document)],
      ["a.xlsx", asXlsx(document)],
    ] as const) {
      expect(await faultOf(extractContent(key, content, { limits }))).to.match(/is a zip bomb/);
    }
  });

  it("a docx that was cut off", async () => {
    const content = asDocx(document);
    const fault = await faultOf(extractContent("a.docx", content.subarray(0, content.length / 2)));
    expect(fault).to.match(/is a broken zip container/);
  });

  it("a docx without a document, and an xlsx whose sheets are damaged", async () => {
    const docx = await zipOf({
      "[Content_Types].xml": contentTypes("/word/document.xml", "wordprocessingml.document"),
    });
    expect(await faultOf(extractContent("a.docx", docx))).to.match(/cannot be read as docx/);
    const xlsx = await zipOf({
      "[Content_Types].xml": contentTypes("/xl/workbook.xml", "spreadsheetml.sheet"),
      "xl/workbook.xml": Buffer.from("<not a workbook"),
    });
    expect(await faultOf(extractContent("a.xlsx", xlsx))).to.match(/FileFault/);
  });

  it("an old Office file, or an encrypted one", async () => {
    const content = Buffer.alloc(2048);
    Buffer.from("d0cf11e0a1b11ae1", "hex").copy(content);
    expect(await faultOf(extractContent("a.docx", content))).to.match(
      /encrypted or in an old Office/,
    );
  });

  it("name the kind of a file that is not read, and what to do", async () => {
    const old = (stream: string) => {
      const content = Buffer.alloc(2048);
      Buffer.from("d0cf11e0a1b11ae1", "hex").copy(content);
      // An entry of the directory: its name, the length of it with its end, and that it is a stream.
      content.write(stream, 1024 + 128, "utf16le");
      content.writeUInt16LE(stream.length * 2 + 2, 1024 + 128 + 64);
      content[1024 + 128 + 66] = 2;
      return content;
    };
    const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
    for (const [key, content, reason] of [
      ["a.rtf", "{\\rtf1\\ansi text}", /RTF document, which is not read: save it as docx or PDF/],
      ["a.txt", "{\\rtf1\\ansi text}", /RTF document/],
      [
        "a.doc",
        old("WordDocument"),
        /Word's format before 2007 \(doc\), .*: save it as docx or PDF/,
      ],
      ["a.ppt", old("PowerPoint Document"), /PowerPoint's format before 2007 \(ppt\).*pptx or PDF/],
      ["a.msg", old("__properties_version1.0"), /Outlook message/],
      ["a.docx", old("EncryptedPackage"), /Office file with a password: save it without one/],
      ["a.xls", old("EncryptedPackage"), /Office file with a password/],
      ["a.png", png, /picture \(image\/png\), which is not read: make a PDF with text/],
      ["a.txt", png, /picture \(image\/png\)/],
    ] as const) {
      expect(await faultOf(extractContent(key, content))).to.match(reason);
    }
  });

  it("a file that is not what its name says", async () => {
    expect(await faultOf(extractContent("a.pdf", "just text"))).to.match(
      /is named \.pdf but contains something else/,
    );
    expect(await faultOf(extractContent("a.txt", Buffer.from("1f8b080000000000", "hex")))).to.match(
      /is an archive or is compressed \(application\/gzip\)/,
    );
    for (const binary of [
      "a\0b\0\0c".repeat(9),
      "name\0value\0other\0names\0",
      "\0".repeat(64),
      "a log with a zero byte at its end\0",
      `${"a long log\n".repeat(10_000)}that was cut off\0\0`,
    ]) {
      expect(await faultOf(extractContent("a.txt", Buffer.from(binary)))).to.match(
        /binary data where text is expected/,
      );
    }
  });

  it("a type nobody knows", async () => {
    expect(await faultOf(extractContent("core.dump", "x"))).to.match(/has an unsupported type/);
  });

  it("not a sheet that declares a million columns and has two cells", async () => {
    const sheet =
      '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>first</t></is></c></row><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>last</t></is></c></row></sheetData></worksheet>';
    const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const content = await zipOf({
      "[Content_Types].xml": Buffer.from(
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
      ),
      "xl/workbook.xml": Buffer.from(
        `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${relations}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      ),
      "xl/_rels/workbook.xml.rels": Buffer.from(
        `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      ),
      "xl/worksheets/sheet1.xml": Buffer.from(sheet),
    });
    // Going through all of its 17 billion cells would take hours.
    const { text } = await extractContent("a.xlsx", content);
    expect(text).to.equal("S\nfirst\nlast");
  });
});
