import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { embeddedCloud } from "../support/cloud";
import { environmentWithout, start } from "../support/run-cli";

const root = resolve(__dirname, "../..");

describe("the policy pack, in the preview of a program", function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "queuefleet-policy-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function preview(program: string) {
    cpSync(join(root, "tests/fixtures/programs", program), folder, { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const account = (await embeddedCloud()).account();
    return start(
      {
        ...environmentWithout("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
        ...account.environment(),
        PULUMI_LOCAL_HOME: join(folder, "home"),
        NO_COLOR: "1",
      },
      ...["preview", "-s", "t", "-C", folder, "--policy-pack", join(root, "policy")],
    ).done;
  }

  it("refuses an upload that reaches one queue directly and through a topic", async () => {
    const { code, stdout } = await preview("zz-fanout");
    expect(code, stdout).to.equal(1);
    expect(stdout).to.match(/\[mandatory, critical\] bucket-notifies-queue-once/);
    expect(stdout.match(/\[mandatory/g)).to.have.length(1);
  });

  it("accepts a stack that owns only a dead-letter queue with its alarm", async () => {
    const { code, stdout, stderr } = await preview("zz-dlqstack");
    expect(code, stdout + stderr).to.equal(0);
    expect(stdout).to.include("✔ queuefleet");
  });
});
