import { expect } from "chai";
import type { Program } from "../support/monitor-program";
import { TestStack } from "../support/test-stack";

describe("engine: replacement", () => {
  let stack: TestStack;
  beforeEach(async () => (stack = await TestStack.start()));
  afterEach(() => stack.stop());

  /** b takes a's arn; c only comes after b. */
  const chain =
    (a: Record<string, unknown>, property = "of") =>
    async (program: Program) => {
      const first = await program.thing("a", a);
      const second = await program.thing(
        "b",
        { [property]: first.outputs.arn },
        { propertyDependencies: { [property]: [first.urn] } },
      );
      await program.thing("c", {}, { dependsOn: [second.urn] });
    };

  it("creates the new one, moves its dependents over, and then deletes the old one", async () => {
    await stack.up(chain({ place: "here" }));
    const result = await stack.up(chain({ place: "there" }));
    expect(result.errors).to.deep.equal([]);
    expect(stack.world.operations("create", "update", "delete").slice(3)).to.deep.equal([
      "create a",
      "update b",
      "delete a",
    ]);
    expect(result.steps).to.deep.equal([
      "create-replacement a",
      "replace a",
      "update b",
      "same c",
      "delete-replaced a",
    ]);
    expect(result.changes).to.deep.equal({ replace: 1, update: 1, same: 1 });
    expect(stack.resources("a").map(({ delete: pending }) => pending)).to.deep.equal([undefined]);
  });

  it("deletes first if two cannot exist at the same time, together with dependents that must be replaced too", async () => {
    await stack.up(chain({ unique: 1 }, "place"));
    const result = await stack.up(chain({ unique: 2 }, "place"));
    expect(result.errors).to.deep.equal([]);
    expect(stack.world.operations("create", "update", "delete").slice(3)).to.deep.equal([
      "delete b",
      "delete a",
      "create a",
      "create b",
    ]);
    expect(result.changes).to.deep.equal({ replace: 2, same: 1 });
    expect(stack.names).to.deep.equal(["default_1_2_3", "a", "b", "c"]);
    expect(stack.state?.resources?.some(({ pendingReplacement }) => pendingReplacement)).to.equal(
      false,
    );
  });

  it("leaves dependents that can be updated when it deletes first", async () => {
    await stack.up(chain({ unique: 1 }));
    await stack.up(chain({ unique: 2 }));
    expect(stack.world.operations("create", "update", "delete").slice(3)).to.deep.equal([
      "delete a",
      "create a",
      "update b",
    ]);
  });

  it("shows all steps of a replacement in a preview, and executes none", async () => {
    await stack.up(chain({ unique: 1 }, "place"));
    const result = await stack.preview(chain({ unique: 2 }, "place"));
    expect(result.changes).to.deep.equal({ replace: 2, same: 1 });
    expect(stack.world.operations("delete")).to.deep.equal([]);
  });

  it("uses the order that the program sets", async () => {
    const body = (place: string) => (program: Program) =>
      program.thing("a", { place }, { deleteBeforeReplace: true });
    await stack.up(body("here"));
    await stack.up(body("there"));
    expect(stack.world.operations("create", "delete")).to.deep.equal([
      "create a",
      "delete a",
      "create a",
    ]);
  });

  it("replaces what did not become ready, when the program says so, and shows why", async () => {
    const body = (size: number, broken: boolean) => (program: Program) =>
      program.thing("a", { size, broken }, { replaceOnChanges: ["#initerror"] });
    await stack.up(body(1, true));
    const result = await stack.up(body(2, false));
    expect(result.changes).to.deep.equal({ replace: 1 });
    const replaced = result.events.flatMap((event) =>
      event.type === "resourcePre" && event.step.operation === "replace" ? event.step : [],
    );
    expect(replaced[0]?.detailedDiff).to.have.property("#initerror");
  });

  it("replaces for changes that the program lists in replaceOnChanges", async () => {
    const body = (size: number) => (program: Program) =>
      program.thing("a", { size }, { replaceOnChanges: ["size"] });
    await stack.up(body(1));
    const result = await stack.up(body(2));
    expect(result.changes).to.deep.equal({ replace: 1 });
    const [step] = result.events.flatMap((event) =>
      event.type === "resourcePre" ? event.step : [],
    );
    expect(step?.replaceKeys).to.deep.equal(["size"]);
    expect(step?.detailedDiff).to.deep.equal({ size: { kind: "update-replace", inputDiff: true } });
  });

  it("replaces what is to be replaced with another resource, in either order", async () => {
    const body = (inputs: object) => async (program: Program) => {
      const a = await program.thing("a", { ...inputs });
      await program.thing("b", { size: 1 }, { replaceWith: [a.urn] });
    };
    await stack.up(body({ place: "here", unique: 1 }));
    expect(stack.resource("b").replaceWith).to.deep.equal([stack.urn("a")]);
    expect((await stack.up(body({ place: "here", unique: 1 }))).changes).to.deep.equal({ same: 2 });
    stack.world.calls.length = 0;
    const later = await stack.up(body({ place: "there", unique: 1 }));
    expect(later.changes).to.deep.equal({ replace: 2 });
    expect(stack.world.operations("create", "delete")).to.deep.equal([
      "create a",
      "create b",
      "delete b",
      "delete a",
    ]);
    stack.world.calls.length = 0;
    const first = await stack.up(body({ place: "there", unique: 2 }));
    expect(first.changes).to.deep.equal({ replace: 2 });
    expect(stack.world.operations("create", "delete")).to.deep.equal([
      "delete b",
      "delete a",
      "create a",
      "create b",
    ]);
  });

  it("replaces what is deleted with another resource along with it", async () => {
    const body = (place: string) => async (program: Program) => {
      const a = await program.thing("a", { place });
      await program.thing("b", {}, { dependsOn: [a.urn], deletedWith: a.urn });
    };
    await stack.up(body("here"));
    const result = await stack.up(body("there"));
    expect(result.changes).to.deep.equal({ replace: 2 });
    expect(stack.world.operations("delete")).to.deep.equal(["delete a"]);
  });

  it("finishes, in the next operation, a deletion that failed", async () => {
    await stack.up(chain({ place: "here" }));
    stack.world.failNext("delete", "a", "still in use");
    const failed = await stack.up(chain({ place: "there" }));
    expect(failed.result).to.equal("failed");
    expect(failed.errors).to.deep.equal(["still in use"]);
    expect(stack.resources("a").map(({ delete: pending }) => pending)).to.have.members([
      undefined,
      true,
    ]);
    const result = await stack.up(chain({ place: "there" }));
    expect(result.result).to.equal("succeeded");
    expect(result.steps).to.include("delete-replaced a");
    expect(stack.resources("a").length).to.equal(1);
    expect(stack.world.things.size).to.equal(3);
  });

  it("continues, in the next operation, a replacement whose creation failed after the deletion", async () => {
    await stack.up(chain({ unique: 1 }));
    stack.world.failNext("create", "a", "no room");
    const failed = await stack.up(chain({ unique: 2 }));
    expect(failed.result).to.equal("failed");
    expect(stack.resource("a").pendingReplacement).to.equal(true);
    const result = await stack.up(chain({ unique: 2 }));
    expect(result.errors).to.deep.equal([]);
    expect(stack.world.operations("delete")).to.deep.equal(["delete a"]);
    expect(stack.resource("a")).to.deep.include({ id: stack.resource("a").id });
    expect(stack.resource("a").pendingReplacement).to.equal(undefined);
    expect(stack.resource("b").inputs?.of).to.equal(stack.resource("a").outputs?.arn);
  });

  it("removes a resource from the state that was deleted for a replacement which is no longer needed", async () => {
    await stack.up((program) => program.thing("a", { unique: 1 }));
    stack.world.failNext("create", "a", "no room");
    await stack.up((program) => program.thing("a", { unique: 2 }));
    const result = await stack.up(() => Promise.resolve());
    expect(result.result).to.equal("succeeded");
    expect(stack.names).to.not.include("a");
    expect(stack.world.operations("delete")).to.deep.equal(["delete a"]);
  });

  it("replaces the resources of a provider that can no longer manage them", async () => {
    const body = (region: string) => async (program: Program) => {
      const provider = await program.provider("abroad", { region });
      const reference = `${provider.urn}::${provider.id}`;
      await program.thing("a", {}, { provider: reference });
    };
    await stack.up(body("here"));
    const result = await stack.up(body("there"));
    expect(result.errors).to.deep.equal([]);
    expect(result.changes).to.deep.equal({ replace: 2 });
    expect(stack.resource("a").provider).to.include(String(stack.resource("abroad").id));
    expect(stack.resource("abroad").inputs).to.deep.include({ region: "there" });
  });
});
