import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import { buildBundle } from "../../../components/bundle";
import { FakeApi } from "./fake-api";

const root = resolve(__dirname, "../../..");

/** What the library of the Synthetics runtime does, as far as its documentation says: it counts a step, and throws what the
 *  step threw. */
const library = `
exports.synthetics = {
  async executeStep(name, work) {
    try {
      await work();
      console.log(name + " SuccessPercent 100");
    } catch (error) {
      console.log(name + " SuccessPercent 0");
      throw error;
    }
  },
};`;

describe("the canary's script", () => {
  const folder = mkdtempSync(join(tmpdir(), "queuefleet-canary-"));
  let api: FakeApi;

  before(async () => {
    // As in the archive that the canary gets, and beside the library, as in the runtime.
    const modules = join(folder, "nodejs/node_modules");
    mkdirSync(join(modules, "@aws/synthetics-core"), { recursive: true });
    const { path } = buildBundle(join(root, "components/health/canary/script.ts"), root);
    copyFileSync(resolve(root, path), join(modules, "script.js"));
    writeFileSync(join(modules, "@aws/synthetics-core/index.js"), library);
    api = await FakeApi.start({ "/health": "hangs", "/async-process": 422 });
  });
  after(() => {
    api.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async () => {
    const probe = (path: string, method: "GET" | "POST", expected: number) => ({
      url: api.url(path),
      method,
      ...(method === "POST" && { body: "{}" }),
      expected: [expected],
      // A busy machine must not fail a request that is answered.
      timeoutSeconds: api.behaviours[path] === "hangs" ? 1 : 60,
    });
    const APIS = JSON.stringify({
      api: {
        health: probe("/health", "GET", 200),
        workPath: probe("/async-process", "POST", 422),
      },
    });
    const script = `require("./nodejs/node_modules/script.js").handler().then(
      () => console.log("passed"), (error) => console.log(error.message))`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
      cwd: folder,
      env: { ...process.env, APIS },
    });
    return stdout.trim().split("\n");
  };

  it("reports the work path that answers although the health check hangs, and fails", async () => {
    expect(await run()).to.deep.equal([
      "health SuccessPercent 0",
      "work-path SuccessPercent 100",
      `Error: GET ${api.url("/health")}: no answer within 1 s`,
    ]);
  });

  it("passes when both answer", async () => {
    api.behaviours["/health"] = 200;
    expect((await run()).at(-1)).to.equal("passed");
  });
});
