import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";

const root = resolve(__dirname, "../..");

/** A program of its own in a plain Node process that starts as a system's program does. */
function run(program: string, environment: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), "start-"));
  try {
    const file = join(folder, "index.ts");
    writeFileSync(file, program);
    return spawnSync(process.execPath, ["-r", join(root, "systems/start.cjs"), file], {
      encoding: "utf8",
      env: { ...process.env, NODE_PATH: join(root, "node_modules"), ...environment },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("how a system's program starts", () => {
  it("keeps the program's own line in every error, also while promises of the SDK are made", () => {
    const { stderr } = run(`
      import { debuggablePromise } from "@pulumi/pulumi/runtime/debuggable";
      const failing: Promise<void> = Promise.resolve().then(() => {
        throw new Error("after"); // line 4
      });
      debuggablePromise(failing, "failing").catch((error: Error) => console.error(error.stack));
      console.error(new Error("before").stack); // line 7
    `);
    expect(stderr).to.match(/Error: before\n.*index\.ts:7:/);
    expect(stderr).to.match(/Error: after\n.*index\.ts:4:/);
  });

  it("keeps them beside what Pulumi's runner loads for source maps", () => {
    const { stderr } = run(`
      interface Removed { by: "the loader"; }

      const pulumi = require.resolve("@pulumi/pulumi/package.json");
      require(require.resolve("source-map-support/register", { paths: [pulumi] }));
      console.error(new Error("here").stack); // line 6
    `);
    expect(stderr).to.match(/Error: here\n.*index\.ts:6:/);
  });

  it("makes promises without the text of a stack, unless somebody looks for promises that never end", () => {
    const program = `
      import { debuggablePromise } from "@pulumi/pulumi/runtime/debuggable";
      const promise: any = Promise.resolve();
      debuggablePromise(promise, "promise");
      console.log(promise._debugStackTrace.includes("index.ts"));
    `;
    expect(run(program).stdout).to.equal("false\n");
    expect(run(program, { PULUMI_DEBUG_PROMISE_LEAKS: "1" }).stdout).to.equal("true\n");
  });
});
