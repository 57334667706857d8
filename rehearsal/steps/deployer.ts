import { createDeployer, giveRights } from "../deployer";
import type { Step } from "./step";

export const deployer: Step = {
  name: "the deployer's role gets the rights that up needs, and no others",
  async run(run) {
    await createDeployer(run);
    const policies = await giveRights(run);
    const statements = policies.flatMap(({ Statement }) => Statement);
    const actions = new Set(statements.flatMap(({ Action }) => Action));
    return `${actions.size} actions in ${policies.length} policies`;
  },
};
