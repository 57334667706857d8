import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Engine } from "./engine";
import { needOfficialCli } from "./official-cli";
import type { TwoEngines } from "./two-engines";
import { twoEngines } from "./two-engines";

describe("both engines, with hooks on every resource", function () {
  this.timeout(300_000);
  let engines: TwoEngines;
  const trails = mkdtempSync(join(tmpdir(), "queuefleet-hooks-"));

  before(() => (process.env.HOOK_TRAILS = trails));
  afterEach(() => {
    delete process.env.LIFE_CYCLE_ACT;
    engines?.remove();
  });
  after(() => {
    delete process.env.HOOK_TRAILS;
    rmSync(trails, { recursive: true, force: true });
  });

  /** The hooks of each resource in their order; between resources there is none to rely on. */
  const trail = ({ account }: Engine) => {
    const found: Record<string, string[]> = {};
    const lines = readFileSync(join(trails, account.accountId), "utf8").split("\n");
    for (const line of lines.filter((text) => text !== "")) {
      const name = line.split(" ").slice(2).join(" ");
      (found[name] ??= []).push(line);
    }
    return found;
  };
  const sameTrail = () => {
    const ours = trail(engines.embedded);
    expect(ours).to.deep.equal(trail(engines.official));
    return ours;
  };

  it("run them in the same order during a stack's lifecycle, and both refuse to destroy it", async function () {
    const program = {
      project: "local/tests/fixtures/life-cycle",
      main: "local/tests/fixtures/life-cycle/hooked.ts",
    };
    engines = await twoEngines(needOfficialCli(this), program, "dev");
    await engines.same((engine) => engine.preview());
    await engines.same((engine) => engine.up());
    engines.sameState();
    expect(sameTrail().pair).to.deep.equal([
      "before create pair",
      "after create pair",
      "before create pair",
      "after create pair",
    ]);
    process.env.LIFE_CYCLE_ACT = "change";
    await engines.same((engine) => engine.preview());
    await engines.same((engine) => engine.up());
    engines.sameState();
    expect(sameTrail().leaving?.slice(4)).to.deep.equal([
      "before delete leaving",
      "after delete leaving",
      "before delete leaving",
      "after delete leaving",
    ]);
    const { report } = await engines.same((engine) => engine.destroy(), "failure");
    expect(report).to.include(
      "Resource has delete hooks registered, but the program is not running",
    );
  });
});
