import { expect } from "chai";
import type { DeploymentV3 } from "../../state/deployment";
import { programOf, type Program } from "../support/monitor-program";
import { TestStack } from "../support/test-stack";

describe("engine: failures and interruptions", () => {
  let stack: TestStack;
  beforeEach(async () => (stack = await TestStack.start()));
  afterEach(() => stack.stop());

  it("keeps the resources that were created before a failure, and continues with them", async () => {
    const body = async (program: Program) => {
      const a = await program.thing("a");
      await program.thing("b", {}, { dependsOn: [a.urn] });
    };
    stack.world.failNext("create", "b", "out of boxes");
    const failed = await stack.up(body);
    expect(failed.result).to.equal("failed");
    expect(failed.errors).to.deep.equal(["out of boxes"]);
    expect(stack.names).to.deep.equal(["default_1_2_3", "a"]);
    expect(stack.state?.pending_operations).to.equal(undefined);
    const result = await stack.up(body);
    expect(result.changes).to.deep.equal({ same: 1, create: 1 });
  });

  it("finishes and saves running steps when another step fails", async () => {
    const gate = stack.world.hold("slow");
    stack.world.failNext("create", "b", "out of boxes");
    let kept: string[] = [];
    const body = async (program: Program) => {
      const slow = program.thing("slow");
      await gate.reached;
      const refused = await program.thing("b").catch((error: Error) => error.message);
      expect(refused).to.include("resource monitor shut down");
      kept = stack.names;
      await slow;
    };
    const result = await stack.up(body, {
      onEvent: (event) => {
        if (event.type === "resourceFailed") gate.release();
      },
    });
    // Hooks of running steps need the program, so the program gets the failure last.
    expect(kept).to.include("slow");
    expect(result.result).to.equal("failed");
  });

  it("leaves out the program's messages after the operation has stopped", async () => {
    stack.world.failNext("create", "a", "out of boxes");
    const result = await stack.up(() => Promise.resolve(), {
      program: {
        run: async (run) => {
          run.onOutput({ stream: "stderr", text: "before" });
          const body = programOf((program) => program.thing("a"));
          await body.run(run).catch(() => undefined);
          run.onOutput({ stream: "stderr", text: "failed to deliver log message" });
        },
      },
    });
    const told = result.events.flatMap((event) =>
      event.type === "diagnostic" ? event.message : [],
    );
    expect(told).to.deep.equal(["before", "out of boxes"]);
  });

  it("deletes nothing after a failure", async () => {
    await stack.up((program) => program.thing("old"));
    stack.world.failNext("create", "new", "no");
    await stack.up((program) => program.thing("new"));
    expect(stack.names).to.include("old");
    expect(stack.world.operations("delete")).to.deep.equal([]);
  });

  it("keeps a resource that exists but did not become ready, with the reasons", async () => {
    const failed = await stack.up((program) => program.thing("a", { broken: true }));
    expect(failed.result).to.equal("failed");
    expect(failed.errors).to.deep.equal(["it did not become ready"]);
    expect(stack.resource("a")).to.deep.include({
      id: "a-0-1",
      initErrors: ["it did not become ready"],
    });
    // Nothing differs, yet it has to be tried again.
    const again = await stack.up((program) => program.thing("a", { broken: true }));
    expect(again.steps).to.deep.equal(["update a"]);
    const healed = await stack.up((program) => program.thing("a", { broken: false }));
    expect(healed.result).to.equal("succeeded");
    expect(stack.resource("a").initErrors).to.equal(undefined);
  });

  it("keeps the old inputs of an update that did not become ready", async () => {
    await stack.up((program) => program.thing("a", { size: 1 }));
    await stack.up((program) => program.thing("a", { size: 2, broken: true }));
    expect(stack.resource("a").inputs).to.deep.equal({ color: "red", size: 1 });
    expect(stack.resource("a").outputs).to.deep.include({ size: 2 });
  });

  it("fails when the program fails, and deletes nothing", async () => {
    await stack.up((program) => program.thing("old"));
    const result = await stack.up(async (program) => {
      await program.thing("a");
      throw new Error("no such setting: colour");
    });
    expect(result.result).to.equal("failed");
    expect(result.errors).to.deep.equal(["no such setting: colour"]);
    expect(stack.names).to.have.members(["default_1_2_3", "old", "a"]);
  });

  it("adds to the stack's outputs, and drops none, when it fails", async () => {
    await stack.up(async (program) => {
      const root = await program.stack();
      await program.outputs(root.urn, { kept: 1, changed: 1 });
    });
    stack.world.failNext("create", "a", "no");
    const result = await stack.up(async (program) => {
      const root = await program.stack();
      await program.outputs(root.urn, { changed: 2 });
      await program.thing("a");
    });
    expect(result.outputs).to.deep.equal({ kept: 1, changed: 2 });
  });

  it("lists a resource as a pending create while it is being created", async () => {
    const gate = stack.world.hold("a");
    const running = stack.up((program) => program.thing("a"));
    await gate.reached;
    expect(stack.state?.pending_operations).to.have.length(1);
    expect(stack.state?.pending_operations?.[0]).to.deep.include({ type: "creating" });
    expect(stack.state?.pending_operations?.[0]?.resource.urn).to.equal(stack.urn("a"));
    const interrupted = structuredClone(stack.state);
    gate.release();
    await running;
    expect(stack.state?.pending_operations).to.equal(undefined);

    // As after a power failure: the pending create stays in the state and causes a warning.
    const result = await stack.up((program) => program.thing("a"), { base: interrupted });
    const warnings = result.events.flatMap((event) =>
      event.type === "diagnostic" && event.severity === "warning" ? event.message : [],
    );
    expect(warnings.join()).to.include(`${stack.urn("a")}, interrupted while creating`);
    expect(stack.state?.pending_operations?.map(({ type }) => type)).to.deep.equal(["creating"]);
  });

  it("saves after every step, one save at a time", async () => {
    let saving = 0;
    let most = 0;
    const saved: string[][] = [];
    await stack.up(
      async (program) => {
        await Promise.all(["a", "b", "c"].map((name) => program.thing(name)));
        await program.thing("d");
      },
      {
        save: async (deployment: DeploymentV3) => {
          most = Math.max(most, (saving += 1));
          await new Promise((resolve) => setImmediate(resolve));
          saved.push((deployment.resources ?? []).map(({ urn }) => urn.split("::")[3] ?? ""));
          saving -= 1;
        },
      },
    );
    expect(most).to.equal(1);
    expect(saved.some((names) => names.includes("c") && !names.includes("d"))).to.equal(true);
    expect(saved.at(-1)).to.have.members(["default_1_2_3", "a", "b", "c", "d"]);
  });

  it("starts no step after Ctrl-C, and finishes and saves running steps", async () => {
    const interrupt = new AbortController();
    const gate = stack.world.hold("a");
    const running = stack.up(
      async (program) => {
        const a = program.thing("a");
        await gate.reached;
        interrupt.abort();
        gate.release();
        await a.catch(() => undefined);
        await program.thing("b").catch(() => undefined);
      },
      { signal: interrupt.signal },
    );
    const result = await running;
    expect(result.result).to.equal("cancelled");
    expect(result.errors).to.deep.equal([]);
    expect(stack.names).to.include("a").and.not.include("b");
  });

  it("ends if the provider process has ended", async () => {
    const result = await stack.up(async (program) => {
      await program.thing("a");
      stack.stop();
      await program.thing("b").catch(() => undefined);
    });
    expect(result.result).to.equal("failed");
    expect(result.errors.join()).to.match(/provider at 127\.0\.0\.1:\d+ has ended/);
    expect(stack.names).to.include("a");
  });

  it("says which packages it has providers for", async () => {
    const result = await stack.up(async (program) => {
      await program.register("gcp:storage:Bucket", "a", {}, true).catch(() => undefined);
    });
    expect(result.errors.join()).to.include(
      'no provider for the package "gcp" on this machine (available: box)',
    );
  });
});
