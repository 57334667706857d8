import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { strToU8, zipSync } from "fflate";
import { contentTypes, namespaces, relationships } from "./documents/xml";
import { extractContent, faultOf } from "./file-on-disk";
import { zipOf } from "./zip-of";

const workbook = (sheet: string, more: Record<string, string> = {}) => ({
  "[Content_Types].xml": contentTypes("/xl/workbook.xml", "spreadsheetml.sheet"),
  "xl/workbook.xml":
    '<workbook xmlns:r="http://r"><sheets><sheet name="S" sheetId="1" r:id="s"/></sheets></workbook>',
  "xl/_rels/workbook.xml.rels": relationships(
    ["s", "worksheet", "worksheets/sheet1.xml"],
    ["f", "styles", "styles.xml"],
  ),
  "xl/worksheets/sheet1.xml": `<worksheet><sheetData><row>${sheet}</row></sheetData></worksheet>`,
  ...more,
});

/** What the cells of one row show. */
async function cells(
  values: string[],
  { code, id = 170 }: { code?: string; id?: number } = {},
): Promise<string[]> {
  const own = code === undefined ? "" : `<numFmt numFmtId="${id}" formatCode="${code}"/>`;
  const styles = `<styleSheet><numFmts>${own}</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="${id}"/></cellXfs></styleSheet>`;
  const style = code === undefined && id === 170 ? 0 : 1;
  const row = values.map((value) => `<c s="${style}"><v>${value}</v></c>`).join("");
  const content = await zipOf(workbook(row, { "xl/styles.xml": styles }));
  return (await extractContent("a.xlsx", content)).text.split("\n")[1]?.split("\t") ?? [];
}

describe("numbers and dates of a sheet", () => {
  it("are found as they are shown, and with all their digits", async () => {
    const stored = ["2.2999999999999998", "4901234567894", "1.10", "1E-3", "12345678901234567890"];
    expect(await cells(stored)).to.deep.equal([
      ...["2.3", "4.90123E+12 4901234567894", "1.1", "0.001"],
      "1.23457E+19 12345678901234567890",
    ]);
    expect(await cells(["1234567.5"], { code: "#,##0.00" })).to.deep.equal([
      "1,234,567.50 1234567.5",
    ]);
    expect(await cells(["0.125"], { code: "0.0%" })).to.deep.equal(["12.5% 0.125"]);
  });

  it("are found by the year of the Japanese era, as it is shown, and by the date", async () => {
    const era = "[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;";
    expect(await cells(["45678", "30000", "43586"], { code: era })).to.deep.equal([
      "令和7年1月21日 2025-01-21",
      "昭和57年2月18日 1982-02-18",
      "令和1年5月1日 2019-05-01",
    ]);
    expect(await cells(["45678"], { code: "[$-411]ge.m.d" })).to.deep.equal(["R7.1.21 2025-01-21"]);
    expect(await cells(["45678"], { code: "[$-411]gggee" })).to.deep.equal(["令和07 2025-01-21"]);
    expect(await cells(["45678"], { code: "dd.mm.yyyy" })).to.deep.equal(["21.01.2025 2025-01-21"]);
    // In the Japanese edition, the file has only the number of the format.
    expect(await cells(["45678"], { id: 58 })).to.deep.equal(["令和7年1月21日 2025-01-21"]);
    expect(await cells(["45678"], { id: 31 })).to.deep.equal(["2025年1月21日 2025-01-21"]);
  });
});

describe("an Office file", () => {
  const body = `<w:document ${namespaces}><w:body><w:p><w:r><w:t>phrase</w:t></w:r></w:p></w:body></w:document>`;
  const types = contentTypes("/word/document.xml", "wordprocessingml.document");
  const zipped = (parts: Record<string, string | Buffer>) =>
    Buffer.from(
      zipSync(
        Object.fromEntries(
          Object.entries(parts).map(([name, content]) => [
            name,
            typeof content === "string" ? strToU8(content) : content,
          ]),
        ),
      ),
    );

  it("is read whatever the order and the letters of its parts' names, and without a list of types", async () => {
    const files: Record<string, string | Buffer>[] = [
      { "word/document.xml": body, "[Content_Types].xml": types },
      { "[Content_Types].xml": types, "word/Document.xml": body },
      { "word/document.xml": body },
      { "media/picture": randomBytes(2_000_000), "word/document.xml": body },
    ];
    for (const parts of files) {
      const found = await extractContent("a.docx", zipped(parts));
      expect([found.format, found.text]).to.deep.equal(["docx", "phrase"]);
    }
  });

  it("is doubtful if a sheet or a header of it is missing, or a file lies in it", async () => {
    const sheet = workbook("<c><v>1</v></c>");
    const { "xl/worksheets/sheet1.xml": lost, ...rest } = sheet;
    expect(lost).to.include("sheetData");
    expect((await extractContent("a.xlsx", await zipOf(rest))).doubts).to.deep.equal([
      'sheet "S" is missing in the file',
    ]);
    const document = await zipOf({
      "[Content_Types].xml": types,
      "word/document.xml": body,
      "word/_rels/document.xml.rels": relationships(
        ["h", "header", "header1.xml"],
        ["o", "package", "embeddings/Workbook1.xlsx"],
        ["c", "aFChunk", "chunk.rtf"],
      ),
      "word/embeddings/Workbook1.xlsx": "x",
      "word/chunk.rtf": "x",
    });
    expect((await extractContent("a.docx", document)).doubts).to.deep.equal([
      "word/header1.xml is missing in the file",
      "word/embeddings/Workbook1.xlsx is a file in the file, which is not read",
      "word/chunk.rtf is a file in the file, which is not read",
    ]);
  });

  it("in OpenDocument's form is refused if it is encrypted", async () => {
    const content = await zipOf({
      mimetype: "application/vnd.oasis.opendocument.text",
      "META-INF/manifest.xml":
        '<manifest:manifest><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>',
      "content.xml": randomBytes(500),
    });
    expect(await faultOf(extractContent("a.odt", content))).to.include("is an encrypted");
  });

  it("named .xls is read if it is a page or a table of text, as many programs write it", async () => {
    const page = "<html><body><table><tr><td>契約</td></tr></table></body></html>";
    expect((await extractContent("a.xls", page)).text).to.equal("契約");
    expect((await extractContent("a.xls", "a\tb\n契約\tc")).text).to.equal("a\tb\n契約\tc");
    expect(await faultOf(extractContent("a.xls", Buffer.alloc(100)))).to.include("named .xls");
  });

  it("does not lose the texts of the cells that follow a formula of a list", async () => {
    const content = await zipOf(
      workbook("<c><v>1</v></c>", {
        "xl/worksheets/sheet1.xml":
          '<worksheet><dataValidations><dataValidation><formula1>A1:A3</formula1></dataValidation></dataValidations><sheetData><row><c t="str"><v>a_x000A_b</v></c></row></sheetData></worksheet>',
      }),
    );
    expect((await extractContent("a.xlsx", content)).text).to.equal("S\na\nb");
  });
});
