import { deflateSync } from "node:zlib";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { PermanentError } from "../../../worker/job/errors";
import { defaultLimits, type ExtractionLimits, Extractor } from "../../../worker/extract";
import { pdfWithContent } from "../../../rehearsal/files/pdf-formats";
import { contentTypes, relationships } from "./documents/xml";
import { withFile } from "./file-on-disk";
import { zipOf } from "./zip-of";

const never = new AbortController().signal;

/** Takes a second and 180 MB to read. */
const laboriousPage = "<p>x".repeat(2_000_000);

/** A sheet of many cells that have a format and no value, as programs write them for borders. */
function largeWorkbook(): Promise<Buffer> {
  const rows = Array.from({ length: 120_000 }, (_, row) => {
    const cells = Array.from(
      { length: 20 },
      (_, cell) => `<c r="${cell}/${row}" s="${row % 97}"/>`,
    );
    return `<row r="${row}" ht="${(row * 7919) % 1009}">${cells.join("")}</row>`;
  });
  const sheet = `<worksheet><sheetData>${rows.join("")}<row><c t="str"><v>the last cell</v></c></row></sheetData></worksheet>`;
  expect(sheet.length).to.be.above(55_000_000);
  return zipOf({
    "[Content_Types].xml": contentTypes("/xl/workbook.xml", "spreadsheetml.sheet"),
    "xl/workbook.xml": '<workbook><sheets><sheet name="S" r:id="s"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": relationships(["s", "worksheet", "worksheets/sheet1.xml"]),
    "xl/worksheets/sheet1.xml": sheet,
  });
}

describe("Extractor", () => {
  let extractor: Extractor;
  const open = (limits: Partial<ExtractionLimits> = {}, threads = 1) =>
    (extractor = new Extractor({ threads, limits: { ...defaultLimits, ...limits } }));
  const read = (key: string, content: Buffer | string, signal = never) =>
    withFile(content, (path) => extractor.extract({ path, key, contentType: "" }, signal));
  const failureOf = (work: Promise<unknown>) =>
    work.then(() => undefined).catch((error: unknown) => error);

  afterEach(() => extractor.close());

  it("reads more files than it has threads", async () => {
    open({}, 2);
    const keys = Array.from({ length: 7 }, (_, at) => `${at}.txt`);
    const found = await Promise.all(keys.map((key) => read(key, `text of ${key}`)));
    expect(found.map(({ text }) => text)).to.deep.equal(keys.map((key) => `text of ${key}`));
  });

  it("says finally what is wrong with a file, and reads the next one", async () => {
    open();
    const failure = await failureOf(read("a.pdf", "no pdf"));
    expect(failure).to.be.instanceOf(PermanentError);
    expect(String(failure)).to.include("the file is named .pdf");
    expect((await read("b.txt", "fine")).text).to.equal("fine");
  });

  it("takes a file that cannot be opened for a fault of the machine, not of the file", async () => {
    open();
    const failure = await failureOf(
      extractor.extract({ path: "/nowhere/object", key: "a.txt", contentType: "" }, never),
    );
    expect(failure).to.be.instanceOf(Error).and.not.instanceOf(PermanentError);
    expect(String(failure)).to.include("ENOENT");
  });

  it("survives a document that takes more memory than it may", async () => {
    open({ maxMemoryMebibytes: 96 });
    const failure = await failureOf(read("a.html", laboriousPage));
    expect(failure).to.be.instanceOf(PermanentError);
    expect(String(failure)).to.include("needs more than 96 MiB of memory");
    expect((await read("b.txt", "fine")).text).to.equal("fine");
  });

  it("survives a pdf that inflates to 300 MB", async () => {
    open({ maxMemoryMebibytes: 128 });
    const content = deflateSync(Buffer.alloc(300_000_000, "0 0 m\n"), { level: 1 });
    const failure = await failureOf(read("a.pdf", pdfWithContent(content, "/FlateDecode")));
    expect(failure).to.be.instanceOf(PermanentError);
    expect(String(failure)).to.include("needs more than 128 MiB of memory");
    expect((await read("b.txt", "fine")).text).to.equal("fine");
  });

  it("reads a sheet of 55 MB to its last cell in 64 MiB of memory", async () => {
    open({ maxMemoryMebibytes: 64 });
    const found = await read("a.xlsx", await largeWorkbook());
    expect(found.text).to.match(/the last cell$/);
    expect(found.truncated).to.equal(undefined);
  });

  it("gives up a file that takes longer than it may", async () => {
    open({ timeoutSeconds: 0.1 });
    const failure = await failureOf(read("a.html", laboriousPage));
    expect(failure).to.be.instanceOf(PermanentError);
    expect(String(failure)).to.include("takes longer than 0.1 s");
  });

  describe("with a document that takes long", () => {
    let content: string;
    /** Of the whole document, by a thread that runs already. */
    let readMs: number;
    let longestPauseMs = 0;

    before(async () => {
      content = laboriousPage;
      open();
      await read("b.txt", "the thread starts");
      const began = performance.now();
      let last = began;
      const timer = setInterval(() => {
        longestPauseMs = Math.max(longestPauseMs, performance.now() - last);
        last = performance.now();
      }, 5);
      await read("a.html", content);
      clearInterval(timer);
      readMs = performance.now() - began;
      await extractor.close();
    });

    it("leaves the event loop free", () => {
      expect(longestPauseMs).to.be.below(readMs / 2);
    });

    it("stops in the middle when the job is aborted, and can go on with the next", async () => {
      open();
      await read("b.txt", "the thread starts");
      const job = new AbortController();
      const reason = new Error("the worker stops");
      const work = failureOf(read("a.html", content, job.signal));
      await delay(readMs / 10);
      const aborted = performance.now();
      job.abort(reason);
      expect(await work).to.equal(reason);
      expect(performance.now() - aborted).to.be.below(readMs / 2);
      expect((await read("b.txt", "fine")).text).to.equal("fine");
    });
  });
});
