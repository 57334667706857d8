import { expect } from "chai";
import type { Program } from "../support/monitor-program";
import { secret, TestStack, unknown } from "../support/test-stack";

describe("engine: replacementTrigger", () => {
  let stack: TestStack;
  beforeEach(async () => (stack = await TestStack.start()));
  afterEach(() => stack.stop());

  const body =
    (replacementTrigger?: unknown, inputs: object = {}) =>
    (program: Program) =>
      program.thing("a", { ...inputs }, { replacementTrigger });

  it("replaces a resource if only the trigger's value has changed", async () => {
    await stack.up(body(["one", { two: 2 }]));
    expect(stack.resource("a").replacementTrigger).to.deep.equal(["one", { two: 2 }]);
    expect((await stack.up(body(["one", { two: 2 }]))).changes).to.deep.equal({ same: 1 });
    const result = await stack.up(body(["one", { two: 3 }]));
    expect(result.errors).to.deep.equal([]);
    expect(result.steps).to.deep.equal(["create-replacement a", "replace a", "delete-replaced a"]);
    expect(stack.resource("a").replacementTrigger).to.deep.equal(["one", { two: 3 }]);
    expect(stack.world.things.size).to.equal(1);
  });

  it("replaces nothing when the trigger is added or removed; the state contains its value", async () => {
    await stack.up(body());
    expect(stack.resource("a")).to.not.have.any.keys("replacementTrigger");
    const come = await stack.up(body("one"));
    expect(come.changes).to.deep.equal({ same: 1 });
    expect(come.stateDiffers).to.equal(true);
    expect(stack.resource("a").replacementTrigger).to.equal("one");
    expect((await stack.up(body())).changes).to.deep.equal({ same: 1 });
    expect(stack.resource("a")).to.not.have.any.keys("replacementTrigger");
  });

  it("is encrypted where it is secret, which alone replaces nothing", async () => {
    await stack.up(body(["one"]));
    expect((await stack.up(body([secret("one")]))).changes).to.deep.equal({ same: 1 });
    expect(JSON.stringify(stack.resource("a"))).to.not.include('"one"');
    expect((await stack.up(body([secret("two")]))).changes).to.deep.equal({ replace: 1 });
  });

  it("may be unknown in a preview, which then replaces, and not in an update", async () => {
    await stack.up(body("one"));
    expect((await stack.preview(body(unknown))).changes).to.deep.equal({ replace: 1 });
    const result = await stack.up(body(unknown));
    expect(result.errors).to.deep.equal([
      `replacement trigger contains unknowns for ${stack.urn("a")}`,
    ]);
    expect(stack.resource("a").replacementTrigger).to.equal("one");
  });

  it("does not replace what is protected", async () => {
    const protectedBody = (replacementTrigger: string) => (program: Program) =>
      program.thing("a", {}, { replacementTrigger, protect: true });
    await stack.up(protectedBody("one"));
    const result = await stack.up(protectedBody("two"));
    expect(result.errors.join()).to.include("unable to replace resource");
    expect(stack.world.operations("create")).to.deep.equal(["create a"]);
  });
});
