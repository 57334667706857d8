import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { build } from "esbuild";
import { businessDocument } from "../../../rehearsal/files/business-document";
import { asDocx, asXlsx } from "../../../rehearsal/files/office-formats";
import { asPdf, asPdfWithoutFont } from "../../../rehearsal/files/pdf-formats";
import { Random } from "../../../rehearsal/files/random";
import { encode } from "../../../rehearsal/files/text-formats";
import type { Extraction } from "../../../worker/extract";
import { normaliseText } from "../../../worker/index-store/normalise";

describe("the reader as one file", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "queuefleet-bundle-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("reads every format in a folder where nothing else is", async () => {
    const document = businessDocument(new Random(4), 11, "ja");
    const files = {
      "a.txt": encode(document.phrase, "shift_jis"),
      "a.docx": asDocx(document),
      "a.xlsx": asXlsx(document),
      "a.pdf": await asPdf(document),
      "without-font.pdf": asPdfWithoutFont(document),
    };
    await build({
      entryPoints: [join(__dirname, "bundled-reader.ts")],
      outfile: join(folder, "reader.js"),
      bundle: true,
      platform: "node",
      target: "node22",
      minifyWhitespace: true,
      logLevel: "error",
    });
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, name), content);
    }
    expect(await readdir(folder)).to.have.members(["reader.js", ...Object.keys(files)]);

    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["reader.js", ...Object.keys(files)],
      { cwd: folder, env: {}, maxBuffer: 10_000_000 },
    );
    const found = JSON.parse(stdout) as Record<string, Extraction>;
    expect(found).to.have.all.keys(Object.keys(files));
    for (const [name, { text }] of Object.entries(found)) {
      expect(normaliseText(text), name).to.include(document.phrase);
    }
  });
});
