import { expect } from "chai";
import { TestStack, unknown } from "../../support/engine/test-stack";

describe("engine: the life of resources", () => {
  let stack: TestStack;
  beforeEach(async () => (stack = await TestStack.start()));
  afterEach(() => stack.stop());

  it("creates what the program registers, each after what it needs", async () => {
    const result = await stack.up(async (program) => {
      const root = await program.stack();
      const a = await program.thing("a", { size: 1 }, { parent: root.urn });
      await program.thing(
        "b",
        { of: a.outputs.arn },
        { parent: root.urn, propertyDependencies: { of: [a.urn] } },
      );
      await program.outputs(root.urn, { arn: a.outputs.arn });
    });
    expect(result.errors).to.deep.equal([]);
    expect(result.result).to.equal("succeeded");
    expect(result.changes).to.deep.equal({ create: 3 });
    expect(result.outputs).to.deep.equal({ arn: "arn:box:a-0-1" });
    expect(stack.names).to.deep.equal(["shop-dev", "default_1_2_3", "a", "b"]);
    expect(stack.resource("b")).to.deep.include({
      dependencies: [stack.urn("a")],
      propertyDependencies: { of: [stack.urn("a")] },
      parent: stack.urn("shop-dev", "pulumi:pulumi:Stack"),
    });
    expect(stack.world.things.size).to.equal(2);
  });

  it("shows unknowns in a preview, and changes nothing", async () => {
    let arn: unknown;
    const result = await stack.preview(async (program) => {
      const a = await program.thing("a", { size: 1 });
      arn = a.outputs.arn;
      const b = await program.thing("b", { of: arn }, { propertyDependencies: { of: [a.urn] } });
      expect(b.id).to.equal("");
    });
    expect(result.errors).to.deep.equal([]);
    expect(arn).to.equal(unknown);
    expect(result.changes).to.deep.equal({ create: 2 });
    expect(result.hasChanges).to.equal(true);
    expect(stack.world.things.size).to.equal(0);
    expect(stack.state).to.equal(undefined);
  });
});
