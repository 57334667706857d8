import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { packageRoot } from "../../process/home";

const run = promisify(execFile);
const loader = join(packageRoot, "start", "typescript.cjs");
const runnerLoader = join(packageRoot, "local", "process", "fast-typescript.cjs");

describe("the loader of TypeScript", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "queuefleet-"))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const start = (preload: string, ...args: string[]) =>
    run(process.execPath, ["-r", preload, ...args], { cwd: folder });

  it("runs the new content of a changed file, also if the old content is in the cache", async () => {
    await write("main.ts", 'import { text } from "./part";\nconsole.log(text satisfies string);');
    for (const text of ["one", "two", "one"]) {
      await write("part.ts", `export const text: string = ${JSON.stringify(text)};`);
      expect((await start(loader, "main.ts")).stdout).to.equal(`${text}\n`);
    }
  });

  it("works if its cache cannot be written", async () => {
    await mkdir(join(folder, "start"), { recursive: true });
    await mkdir(join(folder, ".local"));
    await write(".local/cache", "a file where a folder should be");
    await copyFile(loader, join(folder, "start", "typescript.cjs"));
    await symlink(join(packageRoot, "node_modules"), join(folder, "node_modules"));
    await write("main.ts", 'console.log("here" satisfies string);');
    expect((await start("./start/typescript.cjs", "main.ts")).stdout).to.equal("here\n");
  });

  it("finds TypeScript with import() and packages that are ES modules", async () => {
    await write("part.ts", "export const number: number = 7;");
    await write(
      "main.ts",
      `import pLimit from ${JSON.stringify(join(packageRoot, "node_modules/p-limit"))};
       void import("./part").then(({ number }) => console.log(number, typeof pLimit(1)));`,
    );
    const { stdout, stderr } = await start(loader, "main.ts");
    expect([stdout, stderr]).to.deep.equal(["7 function\n", ""]);
  });

  it("names the line of the source in an error", async () => {
    await write(
      "main.ts",
      'interface A {\n  b: string;\n}\n\nenum C { D }\nthrow new Error("here");',
    );
    const failure = await start(loader, "main.ts").then(
      () => "none",
      (error: Error) => error.message,
    );
    expect(failure).to.match(/main\.ts:6:7\)/);
  });

  it("loads rarely used modules of Pulumi's runner when they are used", async () => {
    const sdk = JSON.stringify(join(packageRoot, "node_modules/@pulumi/pulumi"));
    const script = `require(${sdk}).runtime.computeCodePaths().then((paths) => console.log(...paths.keys()))`;
    await mkdir(join(folder, "node_modules/part"), { recursive: true });
    await write("package.json", '{ "name": "whole", "dependencies": { "part": "*" } }');
    await write("node_modules/part/package.json", '{ "name": "part", "version": "1.0.0" }');
    await write("node_modules/part/index.js", "");
    expect((await start(runnerLoader, "-e", script)).stdout).to.equal("node_modules/part\n");
  });
});
