import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { embeddedCloud } from "../../../tests/support/cloud";
import { keys, onTerminal } from "../support/terminal";
import { environmentWithout, shim, start } from "../../../tests/support/run-cli";
import { copyProgram } from "../support/fixtures";

describe("pulumi-local on a terminal", function () {
  this.timeout(120_000);

  let home: string;
  let program: ReturnType<typeof copyProgram>;
  let environment: NodeJS.ProcessEnv;

  async function setUp(name: string) {
    home = mkdtempSync(join(tmpdir(), "queuefleet-home-"));
    program = copyProgram(name);
    environment = {
      ...environmentWithout("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "CI"),
      ...(await embeddedCloud()).account().environment(),
      PULUMI_LOCAL_HOME: home,
      NO_COLOR: "1",
      TERM: "xterm",
    };
  }
  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
    program.remove();
  });

  const flags = () => ["-s", "dev", "-C", program.folder];
  const up = (...more: string[]) =>
    onTerminal([process.execPath, shim, "up", ...flags(), ...more], environment);

  const state = () => readdirSync(join(home, "state"), { recursive: true, encoding: "utf8" });
  const locks = () => state().filter((name) => /locks.*\.json$/.test(name));

  it("asks again until the answer is clear, shows details, and deploys at yes", async () => {
    await setUp("two-queues");
    const terminal = up();
    await terminal.shows("Do you want to perform this update? [yes/no/details]");
    terminal.type(`perhaps${keys.enter}`);
    await terminal.shows("[yes/no/details]");
    terminal.type(`details${keys.enter}`);
    await terminal.shows('+ name: "jobs-dlq"');
    await terminal.shows("[yes/no/details]");
    terminal.type(`yes${keys.enter}`);
    const { code, text } = await terminal.ended;
    expect(code, text).to.equal(0);
    expect(text).to.include("Done: 4 resources changed.");
  });

  it("changes nothing at no", async () => {
    await setUp("two-queues");
    const terminal = up();
    await terminal.shows("[yes/no/details]");
    terminal.type(`no${keys.enter}`);
    const { code, text } = await terminal.ended;
    expect(code).to.equal(1);
    expect(text).to.include("Nothing was changed: the update was not confirmed.");
    expect(state()).not.to.include(join(".pulumi", "stacks"));
    expect(locks()).to.deep.equal([]);
  });

  it("treats Ctrl-C at the question as no, and exits with the code for cancelled", async () => {
    await setUp("two-queues");
    const terminal = up();
    await terminal.shows("[yes/no/details]");
    terminal.type(keys.ctrlC);
    const { code, text } = await terminal.ended;
    expect(code).to.equal(8);
    expect(text).to.include("Nothing was changed: the update was not confirmed.");
    expect(text).not.to.include("error");
  });

  it("waits for running steps at the first Ctrl-C, ends at once at the second, and leaves no lock", async () => {
    await setUp("two-queues");
    // Takes every call and answers none.
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const answering = environment;
    environment = { ...environment, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
    const terminal = up("--yes", "--skip-preview");
    await terminal.shows("creating aws:sqs:Queue jobs-dlq");
    terminal.type(keys.ctrlC);
    await terminal.shows("Press Ctrl-C again to stop at once.");
    await terminal.shows("creating aws:sqs:Queue jobs-dlq");
    terminal.type(keys.ctrlC);
    const { code, text } = await terminal.ended;
    silent.close();
    expect(code, text).to.equal(8);
    expect(text).to.include("Cancelled at once");
    expect(locks()).to.deep.equal([]);

    const next = await start(answering, "up", "--yes", "--skip-preview", ...flags()).done;
    expect(next.code, next.stdout + next.stderr).to.equal(0);
    expect(next.stdout).to.match(/Done: \d resources changed/);
  });

  it("draws its progress in a narrow terminal without a line that wraps", async () => {
    await setUp("two-queues");
    writeFileSync(
      join(program.folder, "index.ts"),
      `import { existsSync } from "node:fs";
       console.log("${"遅い処理を待っています".repeat(8)}");
       const look = setInterval(() => existsSync(__dirname + "/seen") && clearInterval(look), 20);`,
    );
    const small = { rows: 10, columns: 40 };
    const command = [process.execPath, shim, "preview", ...flags()];
    const terminal = onTerminal(command, environment, small);
    await terminal.shows("遅い処理");
    writeFileSync(join(program.folder, "seen"), "");
    const { code, raw } = await terminal.ended;
    expect(code, raw).to.equal(0);
    // Wrapping is off while the block is drawn, and on again after each time.
    const block = /\u001b\[\?7l((?:(?!\u001b\[\?7h)[^])*)\u001b\[\?7h/g;
    const blocks = [...raw.matchAll(block)].map(([, lines]) => lines ?? "");
    expect(blocks.join("")).to.include("遅い処理");
    for (const lines of blocks) expect(lines.split("\r\n").length).to.be.below(small.rows);
    expect(raw.lastIndexOf("\u001b[?7h")).to.be.above(raw.lastIndexOf("\u001b[?7l"));
  });
});
