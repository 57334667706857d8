import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { start } from "../../../tests/support/run-cli";
import { trials } from "../support/trial";

describe("pulumi-local, interrupted", function () {
  this.timeout(120_000);
  const trial = trials();

  it("refuses a second run, cancels a run gracefully, and continues in the next run", async () => {
    const { home, program, environment, run, json, setConfig } = await trial("waits-for-file");
    const file = join(home, "go");
    setConfig([`waits-for-file:file: ${file}`]);
    const up = start(environment, "up", "--yes", "-f", "-s", "dev", "-C", program.folder);
    await up.said("Queue first created");

    const second = await run("up", "--yes");
    expect(second.code).to.equal(1);
    expect(second.stderr).to.match(
      /locked by another run:\n.*process \d+ of .*\n.*pulumi-local cancel -s dev/,
    );

    up.interrupt();
    const cancelled = await up.done;
    expect(cancelled.code, cancelled.stdout + cancelled.stderr).to.equal(8);
    expect(cancelled.stdout).to.include("Cancelled");

    writeFileSync(file, "");
    const { code, steps } = await json("up", "--yes", "--skip-preview");
    expect(code).to.equal(0);
    const created = steps
      .filter(({ op }) => op === "create")
      .map(({ urn }) => urn.split("::").at(-1));
    expect(created).to.deep.equal(["second"]);
  });
});
