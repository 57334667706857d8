import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { commandVariable } from "../../../contracts/command";
import { trials } from "../support/trial";

describe("pulumi-local up, preview and destroy", function () {
  this.timeout(120_000);
  const trial = trials();

  it("previews, deploys, finds nothing to do, destroys", async () => {
    const { run, json } = await trial();
    const preview = await run("preview");
    expect(preview.code, preview.stderr).to.equal(0);
    expect(preview.stdout).to.match(/\+ +└─ fixture:index:Pair +jobs +create/);
    expect(preview.stdout).to.include("+ url: [unknown]");
    expect(preview.stdout).to.include("nothing was changed");

    const up = await json("up", "--yes");
    expect(up).to.deep.include({ ok: true, code: 0, changeSummary: { create: 4 } });
    expect(up.outputs).to.deep.include({ timeout: 30, password: "[secret]" });

    const again = await run("up", "--yes", "--expect-no-changes");
    expect(again.code, again.stdout + again.stderr).to.equal(0);
    expect(again.stdout).to.include("4 unchanged").and.to.include("No changes");
    // Nothing to do was seen in the preview; the program ran once.
    expect(again.stdout).not.to.include("Updating");

    const destroy = await run("destroy", "--yes");
    expect(destroy.stdout).to.include("Done: 4 resources changed.");
    expect((await run("stack", "output")).stdout).to.equal("");
  });

  it("changes nothing without --yes when there is no terminal to ask on", async () => {
    const { home, run } = await trial();
    const { code, stderr } = await run("up");
    expect(code).to.equal(2);
    expect(stderr).to.include("pass --yes");
    expect(readdirSync(home)).not.to.include("state");
  });

  it("updates settings that are only in the state, such as protect, when no resource changes", async () => {
    const { run, json, deploy, setConfig } = await trial();
    await deploy();
    setConfig(["two-queues:protect: true"]);
    const up = await json("up", "--yes");
    expect(up).to.deep.include({ code: 0, changeSummary: { same: 4 } });
    const destroy = await run("destroy", "--yes", "--skip-preview");
    expect(destroy.code).to.equal(1);
    expect(destroy.stdout).to.include("protect");
  });

  it("shows the error of the program with its line, and changes nothing", async () => {
    const { program, run } = await trial();
    writeFileSync(join(program.folder, "index.ts"), '\n\nthrow new Error("no such luck");\n');
    const { code, stdout } = await run("preview");
    expect(code).to.equal(1);
    expect(stdout)
      .to.include("no such luck")
      .and.match(/index\.ts:3:7/);
    expect(stdout).to.include("Nothing was changed");

    const up = await run("up", "--yes", "--skip-preview");
    expect(up.code).to.equal(1);
    expect(up.stdout).to.match(/^Failed\. 1 resource changed before; .*$/m);
    const again = await run("up", "--yes", "--skip-preview");
    expect(again.stdout).to.match(/^Failed\. No resource was changed before; .*$/m);
  });

  it("passes the name of the command to the program", async () => {
    const { program, run } = await trial();
    writeFileSync(
      join(program.folder, "index.ts"),
      `throw new Error("try " + process.env.${commandVariable} + " again");`,
    );
    expect((await run("preview")).stdout).to.include("try pulumi-local again");
  });
});
