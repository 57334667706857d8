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
    const result = await stack.up(body(2, ["b", "c", "d"]), {
      selection: { targets: [stack.urn("b")] },
    });
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
      { selection: { targets: [stack.urn("b")] } },
    );
    expect(result.result).to.equal("failed");
    expect(result.errors.join()).to.include("which was not specified in --target list");
    expect(stack.world.things.size).to.equal(0);
  });

  it("destroys only the targets", async () => {
    await stack.up(body(1, ["a", "b"]));
    const result = await stack.destroy({ selection: { targets: [stack.urn("a")] } });
    expect(result.errors).to.deep.equal([]);
    expect(stack.names).to.deep.equal(["default_1_2_3", "b"]);
  });

  it("does not destroy what was not named, although it needs a target", async () => {
    await stack.up(async (program) => {
      const a = await program.thing("a");
      await program.thing("b", {}, { dependsOn: [a.urn] });
    });
    const result = await stack.destroy({ selection: { targets: [stack.urn("a")] } });
    expect(result.result).to.equal("failed");
    expect(result.errors.join()).to.include(
      `'${stack.urn("b")}' will be destroyed but was not specified`,
    );
    expect(stack.world.things.size).to.equal(2);
  });

  it("names every target that does not exist", async () => {
    await stack.up(body(1, ["a"]));
    const error = await stack
      .destroy({ selection: { targets: [stack.urn("x"), stack.urn("y")] } })
      .catch((reason: Error) => reason.message);
    expect(error).to.include(stack.urn("x")).and.include(stack.urn("y"));

    const result = await stack.up(body(2, ["a"]), { selection: { targets: [stack.urn("x")] } });
    expect(result.result).to.equal("failed");
    expect(result.errors.join()).to.include(stack.urn("x"));
    expect(stack.resource("a").inputs?.size).to.equal(1);
  });

  /** b needs a, and c needs b; d needs nobody. */
  const chain =
    (size: number, names = ["a", "b", "c", "d"]) =>
    async (program: Program) => {
      const urns: Record<string, string> = {};
      for (const name of names) {
        const needed = { b: urns.a, c: urns.b }[name];
        const dependsOn = needed === undefined ? [] : [needed];
        urns[name] = (await program.thing(name, { size }, { dependsOn })).urn;
      }
    };
  const sizes = () =>
    Object.fromEntries(
      ["a", "b", "c", "d"].map((name) => [name, stack.resource(name).inputs?.size]),
    );

  it("includes the dependents of a target, if asked to", async () => {
    await stack.up(chain(1));
    const selection = { targets: [stack.urn("b")], targetDependents: true };
    await stack.up(chain(2), { selection });
    expect(sizes()).to.deep.equal({ a: 1, b: 2, c: 2, d: 1 });
    expect((await stack.destroy({ selection })).errors).to.deep.equal([]);
    expect(stack.names).to.have.members(["default_1_2_3", "a", "d"]);
  });

  it("keeps an excluded resource as it is, and its dependents too if asked to", async () => {
    await stack.up(chain(1));
    const excludes = [stack.urn("b")];
    await stack.up(chain(2), { selection: { excludes } });
    expect(sizes()).to.deep.equal({ a: 2, b: 1, c: 2, d: 2 });
    await stack.up(chain(3), { selection: { excludes, excludeDependents: true } });
    expect(sizes()).to.deep.equal({ a: 3, b: 1, c: 2, d: 3 });
  });

  it("does not delete what is excluded, nor what that needs", async () => {
    await stack.up(chain(1));
    const excludes = [stack.urn("b")];
    const result = await stack.up(chain(1, ["d"]), { selection: { excludes } });
    expect(result.errors).to.deep.equal([]);
    expect(stack.names).to.have.members(["default_1_2_3", "a", "b", "d"]);
    await stack.destroy({ selection: { excludes } });
    expect(stack.names).to.have.members(["default_1_2_3", "a", "b"]);
  });

  it("does not create what is excluded, and refuses a dependent of it", async () => {
    const excludes = [stack.urn("b")];
    const refused = await stack.up(chain(1), { selection: { excludes } });
    expect(refused.errors.join()).to.include("add --exclude-dependents");
    const result = await stack.up(chain(1), { selection: { excludes, excludeDependents: true } });
    expect(result.errors).to.deep.equal([]);
    expect(stack.names).to.have.members(["default_1_2_3", "a", "d"]);
  });

  it("does not refresh what is excluded", async () => {
    await stack.up(body(1, ["a", "b"]));
    for (const id of stack.world.things.keys()) stack.world.things.set(id, { size: 5 });
    await stack.refresh({ selection: { excludes: [stack.urn("a")] } });
    const read = ["a", "b"].map((name) => stack.resource(name).inputs?.size);
    expect(read).to.deep.equal([1, 5]);
  });

  it("replaces what it is told to, although nothing differs", async () => {
    await stack.up(chain(1));
    const before = stack.resource("b").id;
    const result = await stack.up(chain(1), { selection: { replaces: [stack.urn("b")] } });
    expect(result.errors).to.deep.equal([]);
    expect(stack.resource("b").id).not.to.equal(before);
    expect(stack.world.operations("create", "delete").slice(4)).to.deep.equal([
      "create b",
      "delete b",
    ]);
  });

  it("names what is to be replaced or excluded and does not exist", async () => {
    const selection = { replaces: [stack.urn("x")], excludes: [stack.urn("y")] };
    const result = await stack.up(body(1, ["a"]), { selection });
    expect(result.errors.join()).to.include(stack.urn("x")).and.include(stack.urn("y"));
  });
});
