import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { lockStack } from "../../state/lock";
import { environmentWithout, start } from "../../../tests/support/run-cli";
import { copyProgram } from "../support/fixtures";

const hasPulumi = spawnSync("pulumi", ["version"]).status === 0;

describe("configuration and state together with the Pulumi CLI", function () {
  this.timeout(60_000);

  let home: string;
  let program: ReturnType<typeof copyProgram>;
  let environment: NodeJS.ProcessEnv;

  before(function () {
    if (hasPulumi) return;
    console.log("      not run: there is no pulumi on the PATH");
    this.skip();
  });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "queuefleet-home-"));
    program = copyProgram("two-queues");
    mkdirSync(join(home, "state"));
    environment = {
      ...environmentWithout("PULUMI_CONFIG_PASSPHRASE_FILE"),
      PULUMI_LOCAL_HOME: home,
      PULUMI_HOME: join(home, "pulumi"),
      PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "one for both",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
  });
  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
    program.remove();
  });

  const ours = (...parameters: string[]) =>
    start(environment, ...parameters, "-s", "dev", "-C", program.folder).done;

  function official(...parameters: string[]): string {
    const options = { env: environment, cwd: program.folder, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync("pulumi", parameters, options);
    expect(status, stderr).to.equal(0);
    return stdout;
  }

  it("each reads the secrets that the other wrote", async () => {
    official("stack", "init", "dev");
    official("config", "set", "--secret", "password", "by pulumi");
    expect((await ours("config", "get", "password")).stdout).to.equal("by pulumi\n");
    await ours("config", "set", "--secret", "password", "by pulumi-local");
    expect(official("config", "get", "password", "-s", "dev")).to.equal("by pulumi-local\n");
  });

  it("each imports what the other exported", async () => {
    official("stack", "init", "dev");
    const file = join(home, "export.json");
    official("stack", "export", "-s", "dev", "--file", file);
    expect((await ours("stack", "import", "--file", file)).stdout).to.include("Imported 0");
    const exported = (await ours("stack", "export")).stdout;
    expect(JSON.parse(exported)).to.deep.equal(
      JSON.parse(official("stack", "export", "-s", "dev")),
    );
    const stacks = JSON.parse(official("stack", "ls", "--json")) as { name: string }[];
    expect(stacks.map(({ name }) => name)).to.deep.equal(["dev"]);
  });

  it("a lock of ours stops the Pulumi CLI, and its cancel removes it", async () => {
    official("stack", "init", "dev");
    const folder = join(home, "state/.pulumi/locks/organization/two-queues/dev");
    const lock = lockStack(folder, "dev");
    const options = { env: environment, cwd: program.folder, encoding: "utf8" } as const;
    const refused = spawnSync("pulumi", ["stack", "import", "-s", "dev"], {
      ...options,
      input: official("stack", "export", "-s", "dev"),
    });
    expect(refused.status).not.to.equal(0);
    expect(refused.stderr).to.include(`(pid ${process.pid})`);
    official("cancel", "--yes", "dev");
    expect((await ours("cancel")).stdout).to.include("was not locked");
    lock.release();
  });
});
