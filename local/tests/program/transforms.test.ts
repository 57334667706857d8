import { expect } from "chai";
import { Value } from "google-protobuf/google/protobuf/struct_pb";
import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { AnalyzedResource } from "../../policy/analyzed-resource";
import { CallbackServer, type Properties } from "../support/callback-server";
import type { Program } from "../support/monitor-program";
import { secret, signature, TestStack, unknown } from "../support/test-stack";

const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const output = (rest: object) => ({ [signature]: outputSignature, ...rest });

describe("engine: transforms", () => {
  let stack: TestStack;
  let callbacks: CallbackServer;
  beforeEach(async () => {
    stack = await TestStack.start();
    callbacks = await CallbackServer.start();
  });
  afterEach(() => {
    callbacks.stop();
    stack.stop();
  });

  const mark = (by: string) =>
    callbacks.transform((inputs) => ({
      ...inputs,
      trail: [...((inputs.trail as string[] | undefined) ?? []), by],
    }));

  it("are reported as supported, for resources and for invokes", async () => {
    await stack.up(async (program) => {
      expect(await program.supports("transforms")).to.equal(true);
      expect(await program.supports("invokeTransforms")).to.equal(true);
    });
  });

  it("run from the resource outwards: its own, its parents', the stack's in their order", async () => {
    await stack.up(async (program) => {
      await program.transformAll(mark("stack 1"));
      await program.transformAll(mark("stack 2"));
      const outer = await program.component("shop:index:Shelf", "outer", {
        transforms: [mark("outer")],
      });
      const inner = await program.component("shop:index:Shelf", "inner", {
        parent: outer.urn,
        transforms: [mark("inner")],
      });
      const transforms = [mark("own 1"), mark("own 2")];
      await program.thing("a", {}, { parent: inner.urn, transforms });
      await program.thing("b");
    });
    const { inputs: a } = stack.resource("a");
    expect(a?.trail).to.deep.equal(["own 1", "own 2", "inner", "outer", "stack 1", "stack 2"]);
    expect(stack.resource("inner").inputs?.trail).to.deep.equal([
      "inner",
      "outer",
      "stack 1",
      "stack 2",
    ]);
    expect(stack.resource("b").inputs?.trail).to.deep.equal(["stack 1", "stack 2"]);
    expect(stack.resource("default_1_2_3").inputs).to.not.have.property("trail");
  });

  it("leave alone what they do not answer", async () => {
    await stack.up(async (program) => {
      await program.transformAll(callbacks.transform(() => undefined));
      await program.thing("a", { size: 1 }, { protect: true, ignoreChanges: ["size"] });
    });
    expect(stack.resource("a")).to.deep.include({ protect: true, ignoreChanges: ["size"] });
    expect(stack.resource("a").inputs).to.deep.include({ size: 1 });
  });

  it("see secrets and unknowns as outputs, and may answer either form", async () => {
    const seen: Properties[] = [];
    await stack.preview(async (program) => {
      const look = callbacks.transform((inputs) => {
        seen.push(inputs);
        return { ...inputs, made: secret("made"), open: unknown };
      });
      const inputs = { password: secret("hunter2"), list: [unknown], plain: 1 };
      const a = await program.thing("a", inputs, { transforms: [look] });
      expect(a.outputs).to.deep.include({
        password: secret("hunter2"),
        list: [unknown],
        made: secret("made"),
        open: unknown,
      });
    });
    expect(seen).to.deep.equal([
      { password: output({ secret: true, value: "hunter2" }), list: [output({})], plain: 1 },
    ]);
  });

  it("move a value with its dependencies where the resource has transforms of its own", async () => {
    await stack.up(async (program) => {
      const a = await program.thing("a");
      const b = await program.thing("b");
      const move = callbacks.transform(({ of, gone }, options) => {
        expect(of).to.deep.equal(output({ value: "x", dependencies: [a.urn] }));
        expect(gone).to.deep.equal(output({ secret: true, value: 1, dependencies: [b.urn] }));
        expect(options.getDependsOnList()).to.have.members([a.urn, b.urn]);
        options.setDependsOnList([]);
        return { deep: { of }, plain: 1 };
      });
      const inputs = { of: "x", gone: secret(1) };
      const propertyDependencies = { of: [a.urn], gone: [b.urn] };
      await program.thing("c", inputs, { propertyDependencies, transforms: [move] });
    });
    const c = stack.resource("c");
    expect(c.inputs).to.deep.equal({ color: "red", deep: { of: "x" }, plain: 1 });
    expect(c.dependencies).to.deep.equal([stack.urn("a")]);
    expect(c.propertyDependencies).to.deep.equal({ deep: [stack.urn("a")], plain: [] });
  });

  it("of the stack add dependencies of a value, and remove none", async () => {
    await stack.up(async (program) => {
      const a = await program.thing("a");
      const b = await program.thing("b");
      await program.transformAll(
        callbacks.transform((inputs, options) => {
          options.setDependsOnList([]);
          return { ...inputs, added: output({ value: 1, dependencies: [b.urn] }) };
        }),
      );
      await program.thing("c", { of: "x" }, { propertyDependencies: { of: [a.urn] } });
    });
    const c = stack.resource("c");
    expect(c.dependencies).to.deep.equal([stack.urn("a")]);
    expect(c.propertyDependencies).to.deep.equal({
      of: [stack.urn("a")],
      added: [stack.urn("b")],
    });
  });

  it("see every option and may change it", async () => {
    const seen: object[] = [];
    await stack.up(async (program) => {
      const abroad = await program.provider("abroad", { region: "there" });
      const change = callbacks.transform((_, options) => {
        seen.push({
          provider: options.getProvider(),
          aliases: options.getAliasesList().map((alias) => alias.getUrn()),
          deleteBeforeReplace: options.getDeleteBeforeReplace(),
          timeout: options.getCustomTimeouts()?.getCreate(),
          version: options.getVersion(),
        });
        options.setProvider(`${abroad.urn}::${abroad.id}`);
        options.setProtect(true);
        options.setIgnoreChangesList(["size"]);
        options.setReplaceOnChangesList(["place"]);
        options.setAdditionalSecretOutputsList(["arn"]);
        options.setRetainOnDelete(true);
        options.setDeletedWith(abroad.urn);
        options.setReplaceWithList([abroad.urn]);
        options.getCustomTimeouts()?.setCreate("2m");
        options.setAliasesList([]);
        return undefined;
      });
      const options = {
        aliases: [stack.urn("old")],
        deleteBeforeReplace: true,
        timeouts: { create: "1m" },
      };
      await program.thing("a", { size: 1 }, { ...options, transforms: [change] });
    });
    const abroad = `${stack.resource("abroad").urn}::${stack.resource("abroad").id}`;
    const seenOptions = {
      provider: "",
      aliases: [stack.urn("old")],
      deleteBeforeReplace: true,
      timeout: "1m",
      version: "1.2.3",
    };
    expect(seen).to.deep.equal([seenOptions]);
    expect(stack.resource("a")).to.deep.include({
      provider: abroad,
      protect: true,
      ignoreChanges: ["size"],
      replaceOnChanges: ["place"],
      additionalSecretOutputs: ["arn"],
      retainOnDelete: true,
      deletedWith: stack.resource("abroad").urn,
      replaceWith: [stack.resource("abroad").urn],
      customTimeouts: { create: 120 },
    });
  });

  it("give an alias to what they rename", async () => {
    const body = (name: string) => async (program: Program) => {
      const alias = callbacks.transform((_, options) => {
        const old = new Alias();
        old.setUrn(stack.urn("old"));
        options.setAliasesList([old]);
        return undefined;
      });
      await program.thing(name, {}, { transforms: [alias] });
    };
    await stack.up(body("old"));
    const renamed = await stack.up(body("new"));
    expect(renamed.errors).to.deep.equal([]);
    expect(renamed.changes).to.deep.equal({ same: 1 });
    expect(stack.names).to.include("new").and.not.include("old");
  });

  it("may reset a resource to the default provider, and get the inherited one", async () => {
    const seen: string[] = [];
    await stack.up(async (program) => {
      const abroad = await program.provider("abroad", { region: "there" });
      const providers = { box: `${abroad.urn}::${abroad.id}` };
      const shelf = await program.component("shop:index:Shelf", "shelf", { providers });
      const back = callbacks.transform((_, options) => {
        seen.push(options.getProvider());
        options.setProvider("");
        return undefined;
      });
      await program.thing("a", {}, { parent: shelf.urn, transforms: [back] });
    });
    expect(seen).to.deep.equal([`${stack.resource("abroad").urn}::${stack.resource("abroad").id}`]);
    expect(stack.resource("a").provider).to.include("::default_1_2_3::");
  });

  it("pass providers from a component to its children", async () => {
    await stack.up(async (program) => {
      const abroad = await program.provider("abroad", { region: "there" });
      const give = callbacks.transform((_, options) => {
        options.getProvidersMap().set("box", `${abroad.urn}::${abroad.id}`);
        return undefined;
      });
      const shelf = await program.component("shop:index:Shelf", "shelf", { transforms: [give] });
      await program.thing("a", {}, { parent: shelf.urn });
    });
    expect(stack.resource("a").provider).to.include("::abroad::");
  });

  it("come before the policies, which see what the transforms made", async () => {
    const asked: AnalyzedResource[] = [];
    const policies = {
      analyze: (resource: AnalyzedResource) => {
        asked.push(resource);
        return Promise.resolve({ mandatoryViolation: false });
      },
      analyzeStack: () => Promise.resolve({ mandatoryViolation: false }),
    };
    const body = async (program: Program) => {
      await program.transformAll(callbacks.transform(() => ({ size: 2 })));
      await program.thing("a", { size: 1 });
    };
    await stack.preview(body, { policies });
    const a = asked.find(({ name }) => name === "a");
    expect(a?.properties).to.deep.equal({ color: "red", size: 2 });
  });

  it("refuse the resource when they throw, in their words", async () => {
    const body = async (program: Program) => {
      await program.transformAll(
        callbacks.transform(() => {
          throw new Error("no tags, no resource");
        }),
      );
      await program.thing("a");
    };
    const result = await stack.up(body);
    expect(result.result).to.equal("failed");
    expect(result.errors.join()).to.include("invoke transform: no tags, no resource");
    expect(stack.world.things.size).to.equal(0);
  });

  it("may have the resource replaced", async () => {
    const body = (trigger: string) => async (program: Program) => {
      const ask = callbacks.transform((_, options) => {
        options.setReplacementTrigger(Value.fromJavaScript(trigger));
        return undefined;
      });
      await program.thing("a", {}, { transforms: [ask] });
    };
    await stack.up(body("now"));
    expect((await stack.up(body("then"))).changes).to.deep.equal({ replace: 1 });
  });

  it("change the arguments and the provider of invokes, and name the function when they throw", async () => {
    const answers: Properties[] = [];
    const result = await stack.up(async (program) => {
      const abroad = await program.provider("abroad", { region: "there" });
      await program.transformInvokes(
        callbacks.invokeTransform((args, options) => {
          expect(options.getVersion()).to.equal("1.2.3");
          options.setProvider(`${abroad.urn}::${abroad.id}`);
          return { ...args, more: 1 };
        }),
      );
      answers.push(await program.invoke("box:index:echo", { say: "hi" }));
      await program.transformInvokes(
        callbacks.invokeTransform((args) => {
          expect(args).to.deep.equal({ say: "hi", more: 1 });
          throw new Error("not today");
        }),
      );
      await program.invoke("box:index:echo", { say: "hi" });
    });
    expect(answers).to.deep.equal([{ echo: { say: "hi", more: 1 } }]);
    expect(result.errors.join()).to.include("invoke transform of box:index:echo: not today");
    expect(stack.names).to.not.include("default_1_2_3");
  });
});
