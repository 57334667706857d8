import { systemOutputsSchema } from "../../contracts/stack-outputs";
import { policyPack, pulumiLocal, type JsonResult } from "../pulumi-local";
import { expectAll, type Step } from "./step";

export const deploy: Step = {
  name: "up deploys it with the policy pack",
  async run(run) {
    const result = await pulumiLocal(run, ["up", "--yes", ...policyPack]);
    const system = systemOutputsSchema.parse(result.outputs.system);
    const resources = result.changeSummary.create ?? 0;
    run.record({ system, resources });
    const [mandatory, advisory] = ["mandatory", "advisory"].map(
      (level) => result.policyViolations.filter(({ enforcement }) => enforcement === level).length,
    );
    expectAll({ "no mandatory policy is violated": mandatory === 0 });
    const advice = advisory === 0 ? "" : `, ${advisory} notes of advisory policies`;
    return `${resources} resources created, ${system.alarms.length} alarms, no mandatory policy violated${advice}`;
  },
};

export const repeat: Step = {
  name: "a second up changes nothing",
  async run(run) {
    const result = await pulumiLocal(run, ["up", "--yes", "--expect-no-changes", ...policyPack]);
    expectAll({ "every resource is the same": changes(result) === 0 });
    return `${result.changeSummary.same ?? 0} resources unchanged`;
  },
};

function changes({ changeSummary }: JsonResult): number {
  const { same = 0, ...others } = changeSummary;
  expectAll({ "there are resources": same > 0 });
  return Object.values(others).reduce((sum, count) => sum + count, 0);
}
