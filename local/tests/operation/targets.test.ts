import { expect } from "chai";
import type { Program } from "../support/monitor-program";
import { TestStack } from "../support/test-stack";

describe("engine: targets", () => {
  let stack: TestStack;
  beforeEach(async () => (stack = await TestStack.start()));
  afterEach(() => stack.stop());

  const body = (size: number, names: string[]) => async (program: Program) => {
    for (const name of names) await program.thing(name, { size });
  };

  it("changes only the targets, and keeps the other resources unchanged", async () => {
    await stack.up(body(1, ["a", "b", "c"]));
    const result = await stack.up(body(2, ["b", "c", "d"]), { targets: [stack.urn("b")] });
    expect(result.errors).to.deep.equal([]);
    expect(stack.world.operations("update", "create", "delete").slice(3)).to.deep.equal([
      "update b",
    ]);
    expect(stack.names).to.have.members(["default_1_2_3", "a", "b", "c"]);
    expect(stack.resource("c").inputs?.size).to.equal(1);
  });

  it("refuses a target that needs what is not created", async () => {
    const result = await stack.up(
      async (program) => {
        const a = await program.thing("a");
        await program.thing("b", {}, { dependsOn: [a.urn] });
      },
      { targets: [stack.urn("b")] },
    );
    expect(result.result).to.equal("failed");
    expect(result.errors.join()).to.include("which was not specified in --target list");
    expect(stack.world.things.size).to.equal(0);
  });

  it("destroys only the targets", async () => {
    await stack.up(body(1, ["a", "b"]));
    const result = await stack.destroy({ targets: [stack.urn("a")] });
    expect(result.errors).to.deep.equal([]);
    expect(stack.names).to.deep.equal(["default_1_2_3", "b"]);
  });

  it("does not destroy what was not named, although it needs a target", async () => {
    await stack.up(async (program) => {
      const a = await program.thing("a");
      await program.thing("b", {}, { dependsOn: [a.urn] });
    });
    const result = await stack.destroy({ targets: [stack.urn("a")] });
    expect(result.result).to.equal("failed");
    expect(result.errors.join()).to.include(
      `'${stack.urn("b")}' will be destroyed but was not specified`,
    );
    expect(stack.world.things.size).to.equal(2);
  });

  it("names every target that does not exist", async () => {
    await stack.up(body(1, ["a"]));
    const error = await stack
      .destroy({ targets: [stack.urn("x"), stack.urn("y")] })
      .catch((reason: Error) => reason.message);
    expect(error).to.include(stack.urn("x")).and.include(stack.urn("y"));

    const result = await stack.up(body(2, ["a"]), { targets: [stack.urn("x")] });
    expect(result.result).to.equal("failed");
    expect(result.errors.join()).to.include(stack.urn("x"));
    expect(stack.resource("a").inputs?.size).to.equal(1);
  });
});
