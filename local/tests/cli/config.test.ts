import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { trials } from "../support/trial";

describe("pulumi-local config", function () {
  this.timeout(120_000);
  const trial = trials();

  it("encrypts configuration, and gives it to the program as a secret", async () => {
    const { home, program, environment, run, deploy } = await trial();
    await run("config", "set", "--secret", "password", "quite-secret");
    expect(readFileSync(join(program.folder, "Pulumi.dev.yaml"), "utf8"))
      .to.match(/encryptionsalt: v1:/)
      .and.not.to.include("quite-secret");
    expect((await run("config", "get", "password")).stdout).to.equal("quite-secret\n");
    await deploy();
    const history = join(home, "state", ".pulumi", "history", "two-queues", "dev");
    const written = readdirSync(history).map((name) => readFileSync(join(history, name), "utf8"));
    expect(written.join("\n")).to.include('"kind":"update"').and.not.to.include("quite-secret");

    environment.PULUMI_CONFIG_PASSPHRASE = "wrong";
    const refused = await run("preview");
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.include("two-queues:password cannot be decrypted");
  });

  it("refuses what Pulumi.yaml does not allow, and leaves the file as it was", async () => {
    const { program, run } = await trial();
    const file = join(program.folder, "Pulumi.dev.yaml");
    const before = readFileSync(file, "utf8");
    const refused = async (key: string, value: string, ...flags: string[]) => {
      const { code, stderr } = await run("config", "set", ...flags, key, value);
      expect(code, stderr).to.equal(2);
      expect(readFileSync(file, "utf8")).to.equal(before);
      return stderr;
    };
    expect(await refused("visibilityTimeoutSeconds", "soon")).to.equal(
      "error: Pulumi.yaml does not allow this value:\n" +
        "  - two-queues:visibilityTimeoutSeconds is soon; it must be of type integer\n",
    );
    expect(await refused("two-queues:withDeadLetters", "hunter2", "--secret"))
      .to.include(
        "two-queues:withDeadLetters is the secret value given; it must be of type boolean",
      )
      .and.not.to.include("hunter2");
    expect(await refused("withDeadLetters[0]", "true", "--path")).to.include(
      "two-queues:withDeadLetters is [true]; it must be of type boolean",
    );
    expect((await run("config", "set", "visibilityTimeoutSeconds", "40")).code).to.equal(0);
    expect((await run("config", "get", "visibilityTimeoutSeconds")).stdout).to.equal("40\n");
  });

  it("sets what lies within a list, as the Pulumi CLI does", async () => {
    const { program, run } = await trial();
    await run("config", "set", "--path", "aws:allowedAccountIds[0]", "012345678901");
    await run("config", "set", "--path", "limits.ports[0]", "443");
    expect(readFileSync(join(program.folder, "Pulumi.dev.yaml"), "utf8")).to.equal(
      "config:\n  aws:region: ap-northeast-1\n" +
        '  aws:allowedAccountIds:\n    - "012345678901"\n' +
        "  two-queues:limits:\n    ports:\n      - 443\n",
    );
  });
});
