import { expect } from "chai";
import { needOfficialCli } from "./official-cli";
import { policyPack } from "./project";
import type { TwoEngines } from "./two-engines";
import { twoEngines } from "./two-engines";

describe("both engines, with transforms of the whole stack", function () {
  this.timeout(300_000);
  let engines: TwoEngines;

  afterEach(() => engines?.remove());

  it("tag every resource alike, and see nothing to do afterwards", async function () {
    const program = {
      project: "local/tests/fixtures/life-cycle",
      main: "local/tests/fixtures/life-cycle/tagged.ts",
    };
    engines = await twoEngines(needOfficialCli(this), program, "dev");
    const { steps } = await engines.same((engine) => engine.preview());
    const updated = steps.find(({ urn }) => urn.endsWith("::updated"));
    expect(updated?.inputs).to.have.deep.property("tags", {
      Stage: "one",
      Gone: "soon",
      Stack: "dev",
    });
    await engines.same((engine) => engine.up());
    engines.sameState();
    const again = await engines.same((engine) => engine.preview(["--expect-no-changes"]));
    expect(Object.keys(again.changes)).to.deep.equal(["same"]);
  });

  it("show the policy pack what the transforms made", async function () {
    const program = {
      project: "local/tests/fixtures/programs/two-queues",
      main: "local/tests/fixtures/programs/two-queues/without-dlq.ts",
    };
    engines = await twoEngines(needOfficialCli(this), program, "dev");
    const judged = ["--policy-pack", policyPack];
    const { violations } = await engines.same((engine) => engine.preview(judged), "failure");
    const verdict = violations.find(
      ({ rule, urn }) => rule === "queue-has-dlq" && urn?.endsWith("::jobs"),
    );
    expect(verdict?.level).to.equal("mandatory");
  });
});
