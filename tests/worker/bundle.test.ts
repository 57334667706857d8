import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { expect } from "chai";
import { WorkerBundle } from "./worker-process";

describe("worker bundle", () => {
  it("is one file that runs under plain Node, away from the repository", async () => {
    const bundle = await WorkerBundle.build();
    try {
      expect(bundle.warnings.map(({ text }) => text)).to.deep.equal([]);
      const run = spawnSync(process.execPath, [bundle.file], {
        cwd: dirname(bundle.file),
        env: { PROCESSOR: "file" },
        encoding: "utf8",
      });
      expect(run.stderr).to.match(/^Invalid worker environment:\n {2}- QUEUE_URL is not set/);
      expect(run.stderr).to.match(/DATABASE_URL_PARAMETER is needed when PROCESSOR is file/);
      expect(run.status).to.equal(2);
    } finally {
      bundle.remove();
    }
  });
});
