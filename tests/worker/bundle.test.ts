import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { expect } from "chai";

describe("worker bundle", () => {
  it("is one file that runs under plain Node, away from the repository", async () => {
    const folder = mkdtempSync(join(tmpdir(), "queuefleet-bundle-"));
    try {
      const outfile = join(folder, "worker.js");
      const { warnings } = await build({
        entryPoints: [join(__dirname, "..", "..", "worker", "main.ts")],
        bundle: true,
        platform: "node",
        target: "node22",
        loader: { ".sql": "text" },
        outfile,
        logLevel: "silent",
      });
      expect(warnings.map(({ text }) => text)).to.deep.equal([]);
      const run = spawnSync(process.execPath, [outfile], {
        cwd: folder,
        env: { PROCESSOR: "file" },
        encoding: "utf8",
      });
      expect(run.stderr).to.match(/^Invalid worker environment:\n {2}- QUEUE_URL is not set/);
      expect(run.stderr).to.match(/DATABASE_URL_PARAMETER is needed when PROCESSOR is file/);
      expect(run.status).to.equal(2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
