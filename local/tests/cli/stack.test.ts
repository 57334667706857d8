import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { trials } from "../support/trial";

describe("pulumi-local stack", function () {
  this.timeout(120_000);
  const trial = trials();

  it("keeps secrets encrypted in the state and leaves the repository's files alone", async () => {
    const { program, run, deploy, stateFile } = await trial();
    const before = readFileSync(join(program.folder, "Pulumi.dev.yaml"), "utf8");
    await deploy();
    expect(readFileSync(join(program.folder, "Pulumi.dev.yaml"), "utf8")).to.equal(before);
    expect(stateFile()).to.include('"ciphertext":"v1:').and.not.to.include("not-so-secret");
    const hidden = await run("stack", "output", "password");
    expect(hidden.stdout).to.equal("[secret]\n");
    const shown = await run("stack", "output", "password", "--show-secrets");
    expect(shown.stdout).to.equal("not-so-secret\n");
  });

  it("says which file of the state is broken, and where the one before it is", async () => {
    const { home, run, deploy, stateFile } = await trial();
    await deploy();
    const file = join(home, "state", ".pulumi", "stacks", "two-queues", "dev.json");
    writeFileSync(file, stateFile().slice(0, 100));
    const { code, stderr } = await run("preview");
    expect(code).to.equal(1);
    expect(stderr).to.include(
      `${file} cannot be read as a stack's state. ${file}.bak is the copy before the last change`,
    );
  });

  it("exports a state and imports it again", async () => {
    const { home, run, deploy, stateFile } = await trial();
    await deploy();
    const file = join(home, "export.json");
    await run("stack", "export", "--show-secrets", "--file", file);
    expect(readFileSync(file, "utf8")).to.include("not-so-secret");
    expect((await run("stack", "rm", "--yes")).stderr).to.include("still has 2 resources");
    await run("stack", "rm", "--yes", "--force");
    expect((await run("stack", "import", "--file", file)).stdout).to.include(
      "Imported 5 resources",
    );
    expect(stateFile()).not.to.include("not-so-secret");
    expect((await run("preview", "--expect-no-changes")).code).to.equal(0);
  });
});
