import { expect } from "chai";
import { systemOutputsSchema } from "../../../contracts/stack-outputs";
import program from "../../../systems/file-search";
import { recordProgram } from "../../support/recorded-program";
import { stackConfig } from "../../support/system-config";

const file = (stack: string) =>
  recordProgram(program, {
    project: "file-search",
    stack,
    config: stackConfig("file-search", stack),
  });

describe("file-search", () => {
  for (const stack of ["dev", "prod"]) {
    it(`${stack}: its output satisfies the contract`, async () => {
      const { outputs } = await file(stack);
      const parsed = systemOutputsSchema.safeParse(outputs.system);
      expect(parsed.error?.issues ?? []).to.deep.equal([]);
    });
  }
});
