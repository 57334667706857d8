import { expect } from "chai";
import { join } from "node:path";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { Secret } from "../../values/property-value";
import { isAlive } from "../../process/process-set";
import type { Program } from "../support/monitor-program";
import { secret, TestStack } from "../support/test-stack";

const plugin = join(__dirname, "../fixtures/box-plugin/pulumi-resource-box");

describe("engine: providers", () => {
  let stack: TestStack;
  beforeEach(async () => (stack = await TestStack.start()));
  afterEach(() => stack.stop());

  const regions = () =>
    stack.world.calls
      .filter(({ operation }) => operation === "configure")
      .map(({ properties }) => properties.region);

  it("makes one default provider for each version, from the configuration of the package", async () => {
    await stack.up(async (program) => {
      await Promise.all(["a", "b"].map((name) => program.thing(name)));
      await program.thing("c", {}, { version: "2.0.0-beta.1" });
    });
    expect(stack.resource("default_1_2_3").inputs).to.deep.equal({
      __internal: {},
      region: "here",
      version: "1.2.3",
    });
    expect(stack.resource("default_1_2_3").outputs).to.deep.equal({
      region: "here",
      version: "1.2.3",
    });
    expect(stack.names).to.include("default_2_0_0_beta_1");
    expect(regions()).to.deep.equal(["here", "here"]);
  });

  it("neither shows nor counts default providers", async () => {
    const result = await stack.up((program) => program.thing("a"));
    expect(result.steps).to.deep.equal(["create a"]);
    expect(result.changes).to.deep.equal({ create: 1 });
  });

  it("uses the provider of the resource, or the one that a component hands down", async () => {
    await stack.up(async (program) => {
      const abroad = await program.provider("abroad", { region: "there" });
      const reference = `${abroad.urn}::${abroad.id}`;
      await program.thing("own", {}, { provider: reference });
      const shelf = await program.component("shop:index:Shelf", "shelf", {
        providers: { box: reference },
      });
      const inner = await program.component("shop:index:Shelf", "inner", { parent: shelf.urn });
      await program.thing("handed", {}, { parent: inner.urn });
      await program.thing("plain");
    });
    const abroad = `${stack.resource("abroad").urn}::${stack.resource("abroad").id}`;
    expect(stack.resource("own").provider).to.equal(abroad);
    expect(stack.resource("handed").provider).to.equal(abroad);
    expect(stack.resource("plain").provider).to.include("default_1_2_3");
  });

  it("deletes a resource with the provider that created it, although the program no longer has that provider", async () => {
    await stack.up(async (program) => {
      const abroad = await program.provider("abroad", { region: "there" });
      await program.thing("a", {}, { provider: `${abroad.urn}::${abroad.id}` });
    });
    stack.world.calls.length = 0;
    const result = await stack.up(() => Promise.resolve());
    expect(result.result).to.equal("succeeded");
    expect(regions()).to.deep.equal(["there"]);
    expect(stack.world.operations("delete")).to.deep.equal(["delete a"]);
  });

  it("refuses default providers if the configuration disables them", async () => {
    const config = { "pulumi:disable-default-providers": '["box"]' };
    await stack.up(
      async (program) => {
        const error = await program.thing("a").catch((reason: Error) => reason.message);
        expect(error).to.include("Default provider for 'box' disabled");
      },
      { config },
    );
  });

  it("reads the outputs of another stack, secret ones as secrets", async () => {
    const other = { url: "https://queue", password: new Secret("hunter2") };
    const reference = (name: string) => async (program: Program) => {
      const found = await program.invoke("pulumi:pulumi:readStackOutputs", { name });
      expect(found).to.deep.equal({
        name,
        outputs: { url: "https://queue", password: secret("hunter2") },
        secretOutputNames: ["password"],
      });
    };
    const name = "organization/other/dev";
    const options = {
      readStackOutputs: (asked: string) => Promise.resolve(asked === name ? other : undefined),
    };
    const result = await stack.up(reference(name), options);
    expect(result.errors).to.deep.equal([]);
    await stack.up(async (program) => {
      const error = await program
        .invoke("pulumi:pulumi:readStackOutputs", { name: "organization/none/dev" })
        .catch((reason: Error) => reason.message);
      expect(error).to.include('unknown stack "organization/none/dev"');
    }, options);
  });

  it("reads a stack reference as a resource", async () => {
    const readStackOutputs = () => Promise.resolve({ url: "https://queue" });
    const name = "organization/other/dev";
    const body = (program: Program) =>
      program.register("pulumi:pulumi:StackReference", "other", { inputs: { name } }, true);
    await stack.up(body, { readStackOutputs });
    expect(stack.resource("other").outputs).to.deep.include({ outputs: { url: "https://queue" } });
    expect(stack.names).to.include("default");
  });

  describe("as processes", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "box-"))));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it("starts the plugin, one process a provider, and leaves none behind", async () => {
      const pids = new Set<number>();
      const result = await stack.up(
        async (program) => {
          const abroad = await program.provider("abroad", { region: "there" });
          const a = await program.thing("a", {}, { provider: `${abroad.urn}::${abroad.id}` });
          const b = await program.thing("b");
          // The test plugin has its process id in the ids of what it makes.
          for (const { id } of [a, b]) pids.add(Number(id.split("-")[1]));
        },
        {
          plugins: { box: { executable: plugin } },
          environment: { ...process.env, BOX_WORLD: folder },
        },
      );
      expect(result.errors).to.deep.equal([]);
      expect(pids.size).to.equal(2);
      for (const pid of pids) expect(isAlive(pid), String(pid)).to.equal(false);
    });

    it("shows the output of a plugin that does not start", async () => {
      const result = await stack.up((program) => program.thing("a").catch(() => undefined), {
        plugins: { box: { executable: "/bin/false" } },
      });
      expect(result.result).to.equal("failed");
      expect(result.errors.join()).to.include("/bin/false ended with exit code 1");
    });
  });
});
