import { expect } from "chai";
import { floatSignature } from "../../values/signatures";
import type { Program } from "../support/monitor-program";
import { signature, TestStack, unknown } from "../support/test-stack";

describe("engine: the lifecycle of resources", () => {
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

  it("leaves alone what did not change", async () => {
    const body = (size: number) => (program: Program) => program.thing("a", { size });
    await stack.up(body(1));
    const before = stack.state;
    const again = await stack.up(body(1));
    expect(again.changes).to.deep.equal({ same: 1 });
    expect(again.hasChanges).to.equal(false);
    expect(stack.state?.resources).to.deep.equal(before?.resources);
    expect(stack.world.operations("update", "create")).to.deep.equal(["create a"]);
  });

  it("updates in place, and reports the changed properties", async () => {
    await stack.up((program) => program.thing("a", { size: 1, gone: true }));
    const result = await stack.up((program) => program.thing("a", { size: 2, fresh: "x" }));
    expect(result.changes).to.deep.equal({ update: 1 });
    expect(stack.resource("a").outputs).to.deep.equal({
      arn: "arn:box:a-0-1",
      color: "red",
      fresh: "x",
      size: 2,
    });
    const [step] = result.events.flatMap((event) =>
      event.type === "resourcePre" ? event.step : [],
    );
    expect(step?.detailedDiff).to.deep.equal({
      size: { kind: "update", inputDiff: true },
      gone: { kind: "delete", inputDiff: true },
      fresh: { kind: "add", inputDiff: true },
    });
    expect(step?.old?.inputs.size).to.equal(1);
    expect(step?.new?.inputs.size).to.equal(2);
  });

  it("deletes what the program no longer registers, dependents first", async () => {
    await stack.up(async (program) => {
      const a = await program.thing("a");
      const b = await program.thing("b", {}, { dependsOn: [a.urn] });
      await program.thing("c", {}, { dependsOn: [b.urn] });
    });
    const result = await stack.up((program) => program.thing("a"));
    expect(result.steps).to.deep.equal(["same a", "delete c", "delete b"]);
    expect(stack.world.operations("delete")).to.deep.equal(["delete c", "delete b"]);
    expect(stack.names).to.deep.equal(["default_1_2_3", "a"]);
  });

  it("creates and deletes independent resources at the same time, and no more than allowed", async () => {
    const body = async (program: Program) => {
      await Promise.all(["a", "b", "c", "d"].map((name) => program.thing(name)));
    };
    const together = async (operation: () => Promise<unknown>) => {
      const gates = [stack.world.hold("a"), stack.world.hold("d")];
      const running = operation();
      await Promise.all(gates.map((gate) => gate.reached));
      for (const gate of gates) gate.release();
      await running;
    };
    await together(() => stack.up(body));
    await together(() => stack.destroy());
    stack.world.mostRunning = 0;
    await stack.up(body, { parallel: 1 });
    expect(stack.world.mostRunning).to.equal(1);
  });

  it("destroys everything in reverse order", async () => {
    await stack.up(async (program) => {
      const root = await program.stack();
      const shelf = await program.component("shop:index:Shelf", "shelf", { parent: root.urn });
      const a = await program.thing("a", {}, { parent: shelf.urn });
      await program.thing("b", {}, { parent: root.urn, dependsOn: [a.urn] });
    });
    const result = await stack.destroy();
    expect(result.result).to.equal("succeeded");
    expect(result.steps).to.deep.equal(["delete b", "delete a", "delete shelf", "delete shop-dev"]);
    expect(stack.state?.resources).to.equal(undefined);
    expect(stack.world.things.size).to.equal(0);
  });

  it("keeps the outputs of components and of the stack", async () => {
    await stack.up(async (program) => {
      const root = await program.stack();
      const shelf = await program.component("shop:index:Shelf", "shelf", { parent: root.urn });
      expect(shelf.outputs).to.deep.equal({});
      await program.outputs(shelf.urn, { height: 3 });
      await program.outputs(root.urn, { shelf: 3 });
    });
    expect(stack.resource("shelf").outputs).to.deep.equal({ height: 3 });
    const result = await stack.preview(async (program) => {
      const root = await program.stack();
      const shelf = await program.component("shop:index:Shelf", "shelf", { parent: root.urn });
      expect(shelf.outputs).to.deep.equal({});
      await program.outputs(shelf.urn, { height: 3 });
      await program.outputs(root.urn, { shelf: 4 });
    });
    const summary = result.events.find((event) => event.type === "summary");
    expect(summary?.type === "summary" && [summary.oldOutputs, summary.newOutputs]).to.deep.equal([
      { shelf: 3 },
      { shelf: 4 },
    ]);
  });

  it("keeps numbers that JSON cannot write, such as NaN", async () => {
    const numbers = { most: Infinity, none: NaN };
    await stack.up(async (program) => {
      const root = await program.stack();
      await program.outputs(root.urn, numbers);
    });
    const kept = stack.resource("shop-dev").outputs;
    expect(kept?.most).to.deep.equal({ [signature]: floatSignature, value: "7ff0000000000000" });
    expect((await stack.refresh()).outputs).to.deep.equal(numbers);
  });

  it("reads a resource that the stack does not own, and does not delete it", async () => {
    stack.world.put("theirs", { size: 9 });
    const read = async (program: Program) => {
      const found = await program.read("found", "theirs");
      expect(found.outputs).to.deep.include({ size: 9, arn: "arn:box:theirs" });
    };
    await stack.up(read);
    expect(stack.resource("found")).to.deep.include({ external: true, id: "theirs" });
    await stack.destroy();
    expect(stack.world.operations("delete")).to.deep.equal([]);
    expect([...stack.world.things.keys()]).to.deep.equal(["theirs"]);
  });

  it("reports that a resource to read does not exist", async () => {
    const result = await stack.up((program) =>
      program.read("found", "nowhere").catch(() => undefined),
    );
    expect(result.result).to.equal("failed");
    expect(result.errors).to.deep.equal(["resource 'nowhere' does not exist"]);
  });

  it("calls functions of a provider, and finds a resource by its URN", async () => {
    await stack.up(async (program) => {
      const answer = await program.invoke("box:index:echo", { say: "hi" });
      expect(answer).to.deep.equal({ echo: { say: "hi" } });
      const thing = await program.thing("a", { size: 1 });
      const found = await program.invoke("pulumi:pulumi:getResource", { urn: thing.urn });
      expect(found).to.deep.include({ urn: thing.urn, id: thing.id });
      expect(found.state).to.deep.equal(thing.outputs);
    });
  });

  it("refuses two resources of one URN", async () => {
    const result = await stack.up(async (program) => {
      await program.thing("a");
      await program.thing("a").catch(() => undefined);
    });
    expect(result.result).to.equal("failed");
    expect(result.errors).to.deep.equal([
      `Duplicate resource URN '${stack.urn("a")}'; try giving it a unique name`,
    ]);
  });

  it("reports only the features that it supports", async () => {
    const { errors } = await stack.up(async (program) => {
      for (const feature of ["secrets", "resourceReferences", "outputValues", "aliasSpecs"]) {
        expect(await program.supports(feature), feature).to.equal(true);
      }
      for (const feature of ["parameterization", "stateMigrations", "sendsOptionsToHooks"]) {
        expect(await program.supports(feature), feature).to.equal(false);
      }
    });
    expect(errors).to.deep.equal([]);
  });

  it("deletes what is left over while the program waits for the end", async () => {
    await stack.up((program) => program.thing("a"));
    const result = await stack.up((program) => program.signalAndWaitForShutdown());
    expect(result.result).to.equal("succeeded");
    expect(stack.world.operations("delete")).to.deep.equal(["delete a"]);
  });
});
