import { expect } from "chai";
import type { Program } from "../support/monitor-program";
import { secret, signature, TestStack, unknown } from "../support/test-stack";

describe("engine: resource options", () => {
  let stack: TestStack;
  beforeEach(async () => (stack = await TestStack.start()));
  afterEach(() => stack.stop());

  describe("protect", () => {
    const guarded =
      (place: string, protect = true) =>
      (program: Program) =>
        program.thing("a", { place }, { protect });

    it("refuses to delete, and continues with resources that do not depend on it", async () => {
      await stack.up(async (program) => {
        const base = await program.thing("base");
        await program.thing("a", {}, { protect: true, dependsOn: [base.urn] });
        await program.thing("other");
      });
      const result = await stack.destroy();
      expect(result.result).to.equal("failed");
      expect(result.errors.join())
        .to.include("because it is protected")
        .and.to.include("run `pulumi-local up`");
      // What the protected resource needs stays as well.
      expect(stack.names).to.deep.equal(["default_1_2_3", "base", "a"]);
    });

    it("refuses in a preview too", async () => {
      await stack.up(guarded("here"));
      const result = await stack.destroy({ dryRun: true });
      expect(result.result).to.equal("failed");
    });

    it("refuses a replacement before anything is done", async () => {
      await stack.up(guarded("here"));
      const result = await stack.up(guarded("there"));
      expect(result.result).to.equal("failed");
      expect(result.errors.join()).to.include("unable to replace resource");
      expect(stack.world.operations("create", "delete")).to.deep.equal(["create a"]);
    });

    it("deletes the resource after the program has removed protect", async () => {
      await stack.up(guarded("here"));
      await stack.up(guarded("here", false));
      expect(stack.resource("a").protect).to.equal(undefined);
      expect((await stack.destroy()).result).to.equal("succeeded");
    });

    it("is inherited from the parent", async () => {
      await stack.up(async (program) => {
        const shelf = await program.component("shop:index:Shelf", "shelf", { protect: true });
        await program.thing("a", {}, { parent: shelf.urn });
      });
      expect(stack.resource("a").protect).to.equal(true);
    });
  });

  describe("ignoreChanges", () => {
    it("keeps the old values, of properties and of what is within them", async () => {
      const body = (size: number, tags: object) => (program: Program) =>
        program.thing("a", { size, tags }, { ignoreChanges: ["size", 'tags["x.y"]'] });
      await stack.up(body(1, { "x.y": 1, kept: 1 }));
      const same = await stack.up(body(2, { "x.y": 2, kept: 1 }));
      expect(same.changes).to.deep.equal({ same: 1 });
      await stack.up(body(3, { "x.y": 3, kept: 3 }));
      expect(stack.resource("a").inputs).to.deep.include({ size: 1, tags: { "x.y": 1, kept: 3 } });
      expect(stack.resource("a").ignoreChanges).to.deep.equal(["size", 'tags["x.y"]']);
    });

    it("warns that an invalid path has no effect, and continues", async () => {
      const body = (size: number) => (program: Program) =>
        program.thing("a", { size }, { ignoreChanges: ["tags[", "size"] });
      await stack.up(body(1));
      const result = await stack.up(body(2));
      expect(result.changes).to.deep.equal({ same: 1 });
      const told = result.events.flatMap((event) =>
        event.type === "diagnostic" ? event.message : [],
      );
      expect(told.join()).to.include('"tags["');
    });
  });

  describe("retainOnDelete and deletedWith", () => {
    it("leaves in the cloud what is to be retained, and says so", async () => {
      await stack.up((program) => program.thing("a", {}, { retainOnDelete: true }));
      const { events } = await stack.destroy();
      const ended = events.flatMap((event) => (event.type === "resourceOutputs" ? event.step : []));
      expect(ended.filter(({ retained }) => retained === true)).to.have.length(1);
      expect(stack.state?.resources).to.equal(undefined);
      expect(stack.world.things.size).to.equal(1);
    });

    it("does not delete a resource that is deleted with another resource", async () => {
      await stack.up(async (program) => {
        const a = await program.thing("a");
        await program.thing("b", {}, { deletedWith: a.urn });
      });
      await stack.destroy();
      expect(stack.world.operations("delete")).to.deep.equal(["delete a"]);
    });
  });

  describe("import", () => {
    beforeEach(() => stack.world.put("existing", { size: 7, color: "blue" }));
    const adopt = (inputs: Record<string, unknown>) => (program: Program) =>
      program.thing("a", inputs, { importId: "existing" });

    it("imports a resource that is as the program declares it", async () => {
      const result = await stack.up(adopt({ size: 7, color: "blue" }));
      expect(result.errors).to.deep.equal([]);
      expect(result.steps).to.deep.equal(["import a"]);
      expect(result.changes).to.deep.equal({ import: 1 });
      expect(stack.resource("a")).to.deep.include({ id: "existing", importID: "existing" });
      expect(stack.world.operations("create", "update")).to.deep.equal([]);
      const again = await stack.up(adopt({ size: 7, color: "blue" }));
      expect(again.changes).to.deep.equal({ same: 1 });
    });

    it("then changes it to what the program wants", async () => {
      const result = await stack.up(adopt({ size: 8, color: "blue" }));
      expect(result.steps).to.deep.equal(["import a", "update a"]);
      expect(stack.world.things.get("existing")).to.deep.equal({ size: 8, color: "blue" });
      expect(stack.resources("a").length).to.equal(1);
    });

    it("shows the difference in a preview, and changes nothing", async () => {
      const result = await stack.preview(adopt({ size: 8, color: "blue" }));
      expect(result.changes).to.deep.equal({ import: 1, update: 1 });
      expect(stack.world.things.get("existing")).to.deep.equal({ size: 7, color: "blue" });
    });

    it("refuses to replace what it takes over", async () => {
      stack.world.put("existing", { place: "here", color: "blue" });
      const result = await stack.up(adopt({ place: "there", color: "blue" }));
      expect(result.result).to.equal("failed");
      expect(result.errors.join()).to.include("may not be replaced");
      expect(stack.world.operations("create", "delete")).to.deep.equal([]);
    });

    it("says that there is nothing to import", async () => {
      const result = await stack.up((program) => program.thing("a", {}, { importId: "nowhere" }));
      expect(result.errors).to.deep.equal(["resource 'nowhere' does not exist"]);
      expect(stack.names).to.not.include("a");
    });
  });

  describe("aliases", () => {
    it("finds a resource by an old URN, name or parent, and changes what refers to it", async () => {
      await stack.up(async (program) => {
        const a = await program.thing("a", { size: 1 });
        await program.thing("b", {}, { dependsOn: [a.urn] });
        await program.thing("c", { size: 3 });
      });
      const result = await stack.up(async (program) => {
        const shelf = await program.component("shop:index:Shelf", "shelf");
        const a = await program.thing("a2", { size: 1 }, { aliases: [stack.urn("a")] });
        await program.thing("b2", {}, { aliases: [{ name: "b" }], dependsOn: [a.urn] });
        await program.thing("c", { size: 3 }, { parent: shelf.urn, aliases: [{ noParent: true }] });
      });
      expect(result.errors).to.deep.equal([]);
      expect(result.changes).to.deep.equal({ create: 1, same: 3 });
      expect(stack.world.operations("create", "delete").length).to.equal(3);
      expect(stack.resource("b2").dependencies).to.deep.equal([stack.urn("a2")]);
      expect(stack.state?.resources?.some(({ aliases }) => aliases !== undefined)).to.equal(false);
    });

    it("are inherited by children, whose names follow their parent's", async () => {
      const body = (name: string, aliases: { name: string }[]) => async (program: Program) => {
        const shelf = await program.component("shop:index:Shelf", name, { aliases });
        const a = await program.thing(`${name}-a`, {}, { parent: shelf.urn });
        await program.thing("fixed", {}, { parent: shelf.urn, dependsOn: [a.urn] });
      };
      await stack.up(body("old", []));
      const result = await stack.up(body("new", [{ name: "old" }]));
      expect(result.errors).to.deep.equal([]);
      expect(result.changes).to.deep.equal({ same: 3 });
      expect(stack.world.operations("create", "delete").length).to.equal(2);
      expect(stack.resource("fixed").urn).to.equal(
        "urn:pulumi:dev::shop::shop:index:Shelf$box:index:Thing::fixed",
      );
      expect(stack.resource("fixed").dependencies).to.deep.equal([stack.resource("new-a").urn]);
    });

    it("keeps references to the old URN valid when the operation ends early", async () => {
      await stack.up(async (program) => {
        const a = await program.thing("a");
        await program.thing("b", {}, { dependsOn: [a.urn] });
      });
      stack.world.failNext("create", "x", "no");
      const result = await stack.up(async (program) => {
        await program.thing("a2", {}, { aliases: [{ name: "a" }] });
        await program.thing("x");
      });
      expect(result.result).to.equal("failed");
      expect(stack.resource("b").dependencies).to.deep.equal([stack.urn("a2")]);
    });

    it("refuses one old resource for two new ones", async () => {
      await stack.up((program) => program.thing("a"));
      const result = await stack.up(async (program) => {
        await program.thing("b", {}, { aliases: [{ name: "a" }] });
        await program.thing("c", {}, { aliases: [{ name: "a" }] });
      });
      expect(result.result).to.equal("failed");
      expect(result.errors.join()).to.include("Duplicate resource alias");
    });
  });

  describe("secrets", () => {
    it("encrypts them in the state, hands them back as secrets, and does not encrypt them anew", async () => {
      const body = async (program: Program) => {
        const root = await program.stack();
        const a = await program.thing(
          "a",
          { password: secret("hunter2") },
          { additionalSecretOutputs: ["arn"] },
        );
        expect(a.outputs.password).to.deep.equal(secret("hunter2"));
        expect(a.outputs.arn).to.deep.equal(secret(`arn:box:${a.id}`));
        await program.outputs(root.urn, { password: a.outputs.password });
      };
      await stack.up(body);
      const before = stack.state;
      expect(JSON.stringify(before)).to.not.include("hunter2");
      expect(
        before?.resources?.find(({ urn }) => urn.endsWith("::a"))?.inputs?.password,
      ).to.have.property(signature);
      const again = await stack.up(body);
      expect(again.changes).to.deep.equal({ same: 2 });
      expect(stack.state?.resources).to.deep.equal(before?.resources);
    });

    it("keeps unknown secrets secret in a preview", async () => {
      await stack.preview(async (program) => {
        const a = await program.thing("a", { password: secret(unknown) });
        expect(a.outputs.password).to.deep.equal(secret(unknown));
      });
    });

    it("gives the provider its secret configuration as a secret", async () => {
      const config = { "box:region": "here", "box:token": "s3cret" };
      await stack.up((program) => program.thing("a"), { config, secretKeys: ["box:token"] });
      expect(JSON.stringify(stack.state)).to.not.include("s3cret");
      const configured = stack.world.calls.find(({ operation }) => operation === "configure");
      expect(configured?.properties).to.deep.include({ region: "here", token: secret("s3cret") });
    });
  });

  it("passes timeouts on in seconds", async () => {
    const timeouts = { create: "1h30m", update: "90s" };
    await stack.up((program) => program.thing("a", {}, { timeouts }));
    expect(stack.resource("a").customTimeouts).to.deep.equal({ create: 5400, update: 90 });
  });

  it("refuses a timeout that is no duration", async () => {
    const refused = await stack.up(async (program) => {
      const error = await program
        .thing("a", {}, { timeouts: { create: "soon" } })
        .catch((reason: Error) => reason.message);
      expect(error).to.include('"soon" is not a duration');
    });
    expect(refused.result).to.equal("succeeded");
  });

  it("refuses options that it does not support", async () => {
    const result = await stack.up((program) =>
      program.thing("a", {}, { envVarMappings: { FROM: "TO" } }),
    );
    expect(result.errors.join()).to.include(
      "a [box:index:Thing] is registered with envVarMappings, which the embedded engine does not know",
    );
    expect(stack.names).to.not.include("a");
  });

  it("names every fault that the provider finds, and creates nothing", async () => {
    const result = await stack.up((program) => program.thing("a", { forbidden: 1 }));
    expect(result.result).to.equal("failed");
    expect(result.errors).to.deep.equal([
      "box:index:Thing resource has a problem: property forbidden must not be given",
    ]);
    expect(stack.world.things.size).to.equal(0);
  });
});
