import { expect } from "chai";
import { assetSignature, secretSignature, signatureKey } from "../../values/signatures";
import type { Program } from "../support/monitor-program";
import { TestStack } from "../support/test-stack";

describe("engine: refresh", () => {
  let stack: TestStack;
  beforeEach(async () => {
    stack = await TestStack.start();
    await stack.up(body);
  });
  afterEach(() => stack.stop());

  const body = async (program: Program) => {
    const root = await program.stack();
    const a = await program.thing("a", { size: 1, tags: { x: 1 } }, { parent: root.urn });
    await program.thing(
      "b",
      { of: a.outputs.arn },
      { parent: root.urn, propertyDependencies: { of: [a.urn] } },
    );
  };
  const change = (name: string, properties: Record<string, unknown>) => {
    const id = String(stack.resource(name).id);
    const changed = Object.entries({ ...stack.world.get(id), ...properties });
    const given = changed.filter(([, value]) => value !== undefined);
    stack.world.put(id, Object.fromEntries(given));
  };

  it("finds nothing where nothing was changed, and leaves the state as it is", async () => {
    const before = stack.state?.resources;
    const result = await stack.refresh();
    expect(result.result).to.equal("succeeded");
    expect(result.hasChanges).to.equal(false);
    expect(result.changes).to.deep.equal({ same: 3 });
    // As Pulumi's engine does, a refresh drops the properties that depend on nothing.
    const withoutEmpty = before?.map(({ propertyDependencies = {}, ...resource }) => {
      const lists = Object.entries(propertyDependencies).filter(([, urns]) => urns.length > 0);
      return {
        ...resource,
        ...(lists.length > 0 && { propertyDependencies: Object.fromEntries(lists) }),
      };
    });
    expect(stack.state?.resources).to.deep.equal(withoutEmpty);
  });

  it("keeps secret what the program says is secret, and what came from a secret", async () => {
    await stack.up(async (program) => {
      const root = await program.stack();
      const secret = { [signatureKey]: secretSignature, value: "hush" };
      await program.thing(
        "hidden",
        { secret },
        { additionalSecretOutputs: ["arn"], parent: root.urn },
      );
    });
    const before = stack.resource("hidden");
    await stack.refresh();
    expect(stack.resource("hidden").outputs).to.deep.equal(before.outputs);
    expect(stack.resource("hidden").outputs?.arn).to.include({ [signatureKey]: secretSignature });
  });

  it("keeps where the content of an asset comes from", async () => {
    const file = { [signatureKey]: assetSignature, text: "content" };
    await stack.up(async (program) => {
      const root = await program.stack();
      await program.thing("with-file", { file }, { parent: root.urn });
    });
    const before = stack.resource("with-file");
    expect(before.inputs?.file).to.include({ text: "content" });
    await stack.refresh();
    expect(stack.resource("with-file").inputs?.file).to.deep.equal(before.inputs?.file);
    expect(stack.resource("with-file").outputs?.file).to.deep.equal(before.outputs?.file);
  });

  it("sees no change in what the program ignores, keeps the cloud's value, and leaves it alone", async () => {
    const paused = (size: number, color: string) => async (program: Program) => {
      const root = await program.stack();
      const options = { parent: root.urn, ignoreChanges: ["size"] };
      await program.thing("paused", { size, color }, options);
    };
    await stack.up(paused(1, "red"));
    change("paused", { size: 0 });
    const preview = await stack.refresh({ dryRun: true });
    expect(preview.hasChanges).to.equal(false);
    const refreshed = await stack.refresh();
    expect(refreshed.hasChanges).to.equal(false);
    expect(stack.resource("paused").inputs).to.include({ size: 0 });
    const updated = await stack.up(paused(1, "blue"));
    expect(updated.changes).to.include({ update: 1 });
    expect(stack.world.get(String(stack.resource("paused").id))).to.include({
      size: 0,
      color: "blue",
    });
  });

  it("shows property by property what the cloud has against what the program says", async () => {
    change("a", { size: 5, added: "by hand", tags: undefined });
    const result = await stack.refresh({ dryRun: true });
    expect(result.hasChanges).to.equal(true);
    expect(result.changes).to.deep.equal({ same: 2, update: 1 });
    const found = result.events.flatMap((event) =>
      event.type === "resourceOutputs" && event.step.urn === stack.resource("a").urn
        ? event.step
        : [],
    );
    expect(found.map(({ operation }) => operation)).to.deep.equal(["update"]);
    expect(found[0]?.detailedDiff).to.deep.equal({
      size: { kind: "update", inputDiff: true },
      added: { kind: "add", inputDiff: true },
      tags: { kind: "delete", inputDiff: true },
    });
    expect(found[0]?.old?.inputs.size).to.equal(1);
    expect(found[0]?.new?.inputs.size).to.equal(5);
    expect(stack.resource("a").inputs?.size).to.equal(1);
  });

  it("answers in a preview what the state would be, for a preview of an update to start from", async () => {
    change("a", { size: 5 });
    const { deployment: base } = await stack.refresh({ dryRun: true });
    const planned = await stack.preview(body, { base });
    expect(planned.changes).to.deep.equal({ same: 2, update: 1 });
    expect(stack.resource("a").inputs?.size).to.equal(1);
  });

  it("writes the differences to the state, and the next update reverts them", async () => {
    change("a", { size: 5 });
    await stack.refresh();
    expect(stack.resource("a").inputs?.size).to.equal(5);
    const result = await stack.up(body);
    expect(result.changes).to.deep.equal({ same: 2, update: 1 });
    expect(stack.world.get(String(stack.resource("a").id))?.size).to.equal(1);
  });

  it("removes manually deleted resources from the state, and the next update creates them again", async () => {
    stack.world.remove(String(stack.resource("a").id));
    const found = await stack.refresh();
    expect(found.changes).to.deep.equal({ same: 2, delete: 1 });
    expect(stack.names).to.deep.equal(["shop-dev", "default_1_2_3", "b"]);
    expect(stack.resource("b").dependencies).to.equal(undefined);
    const result = await stack.up(body);
    expect(result.changes).to.deep.equal({ same: 1, create: 1, update: 1 });
  });

  it("reads everything although one resource cannot be read", async () => {
    change("b", { size: 9 });
    stack.world.failNext("read", "a", "access denied");
    const result = await stack.refresh();
    expect(result.result).to.equal("failed");
    expect(result.errors).to.deep.equal(["access denied"]);
    expect(stack.resource("a").inputs?.size).to.equal(1);
    expect(stack.resource("b").inputs?.size).to.equal(9);
  });

  it("reads only the targets", async () => {
    change("a", { size: 5 });
    change("b", { size: 5 });
    await stack.refresh({ selection: { targets: [stack.resource("a").urn] } });
    expect(stack.resource("a").inputs?.size).to.equal(5);
    expect(stack.resource("b").inputs?.size).to.equal(undefined);
  });
});
