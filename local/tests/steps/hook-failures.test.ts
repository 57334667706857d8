import { expect } from "chai";
import { CallbackServer } from "../support/callback-server";
import { everyMoment, HookNotes, warningsOf } from "../support/hook-notes";
import type { Program } from "../support/monitor-program";
import { TestStack } from "../support/test-stack";

describe("engine: resource hooks, when something fails", () => {
  let stack: TestStack;
  let callbacks: CallbackServer;
  let notes: HookNotes;
  beforeEach(async () => {
    stack = await TestStack.start();
    callbacks = await CallbackServer.start();
    notes = new HookNotes(callbacks);
  });
  afterEach(() => {
    callbacks.stop();
    stack.stop();
  });

  it("that fail before a step prevent the step", async () => {
    const result = await stack.up(async (program) => {
      await program.hook("no", notes.hook("no", "not today"));
      await program.hook("next", notes.hook("next"));
      await program.thing("a", {}, { hooks: { beforeCreateList: ["no", "next"] } });
    });
    expect(result.result).to.equal("failed");
    expect(result.errors).to.deep.equal(['before hook "no" failed: not today']);
    expect(notes.trail).to.deep.equal(["no a"]);
    expect(stack.names).to.not.include("a");
    expect(stack.state?.pending_operations).to.equal(undefined);
  });

  it("that fail after a step fail the operation, and what was done stays on record", async () => {
    const body = (place: string) => async (program: Program) => {
      await program.hook("no", notes.hook("no", "it does not answer"));
      const hooks = { afterCreateList: ["no"] };
      await program.thing("a", { place }, place === "there" ? { hooks } : {});
      await program.thing("later");
    };
    await stack.up(async (program) => program.thing("a", { place: "here" }));
    const result = await stack.up(body("there"));
    expect(result.result).to.equal("failed");
    expect(result.errors).to.deep.equal(['after hook "no" failed: it does not answer']);
    expect(result.steps).to.not.include("create later");
    expect(stack.resources("a").map(({ delete: old }) => old)).to.deep.equal([undefined, true]);
    const again = await stack.up(body("there"));
    expect(again.changes).to.deep.equal({ create: 1, same: 1 });
    expect(again.steps).to.include.members(["delete-replaced a", "create later"]);
  });

  it("of a component that fail after it fail the operation too", async () => {
    const result = await stack.up(async (program) => {
      await program.hook("no", notes.hook("no", "crooked"));
      const hooks = { afterCreateList: ["no"] };
      const { urn } = await program.component("shop:index:Shelf", "shelf", { hooks });
      await program.outputs(urn, { boards: 0 });
      await program.thing("later");
    });
    expect(result.result).to.equal("failed");
    expect(result.errors).to.deep.equal(['after hook "no" failed: crooked']);
    expect(stack.resource("shelf").outputs).to.deep.equal({ boards: 0 });
    expect(stack.names).to.not.include("later");
  });

  it("may say that their errors are only warnings", async () => {
    const result = await stack.up(async (program) => {
      await program.hook("no", notes.hook("no", "too late"), { ignoreErrors: true });
      await program.hook("next", notes.hook("next"));
      const hooks = { beforeCreateList: ["no", "next"], afterCreateList: ["no"] };
      await program.thing("a", {}, { hooks });
    });
    expect(result.errors).to.deep.equal([]);
    expect(warningsOf(result)).to.deep.equal([
      'BeforeCreate hook "no" failed: too late',
      'AfterCreate hook "no" failed: too late',
    ]);
    expect(notes.trail).to.deep.equal(["no a", "next a", "no a"]);
  });

  it("are finished when another step fails, while the program still runs", async () => {
    stack.world.failNext("create", "c", "no room");
    let stopped = false;
    const result = await stack.up(
      async (program) => {
        const slow = callbacks.hook(async () => {
          // The failure of the other is reported while this one runs.
          while (!stopped) await new Promise((resolve) => setImmediate(resolve));
          notes.trail.push("slow");
          return undefined;
        });
        await program.hook("slow", slow);
        const a = program.thing("a", {}, { hooks: { afterCreateList: ["slow"] } });
        await program.thing("c").catch(() => notes.trail.push("refused"));
        await a;
      },
      {
        onEvent: (event) => {
          if (event.type === "resourceFailed") stopped = true;
        },
      },
    );
    expect(result.result).to.equal("failed");
    expect(notes.trail).to.deep.equal(["slow", "refused"]);
    expect(stack.names).to.include("a");
  });

  it("are finished after Ctrl-C, before the program is ended", async () => {
    const interrupt = new AbortController();
    const body = async (program: Program) => {
      const slow = callbacks.hook(async () => {
        interrupt.abort();
        await new Promise((resolve) => setTimeout(resolve, 50));
        notes.trail.push(program.signal.aborted ? "too late" : "in time");
        return undefined;
      });
      await program.hook("slow", slow);
      await program.thing("a", {}, { hooks: { afterCreateList: ["slow"] } });
      while (!program.signal.aborted) await new Promise((resolve) => setImmediate(resolve));
    };
    const result = await stack.up(body, { signal: interrupt.signal });
    expect(result.result).to.equal("cancelled");
    expect(notes.trail).to.deep.equal(["in time"]);
    expect(stack.names).to.include("a");
  });

  it("fail the step and are not skipped if the program has ended", async () => {
    await stack.up(async (program) => {
      await program.hook("farewell", notes.hook("farewell"));
      await program.thing("a", {}, { hooks: { beforeDeleteList: ["farewell"] } });
    });
    const result = await stack.up(async (program) => {
      await program.hook("farewell", notes.hook("farewell"));
      callbacks.stop();
    });
    expect(result.result).to.equal("failed");
    expect(result.errors.join()).to.match(/^before hook "farewell" failed: call of the program: /);
    expect(stack.names).to.include("a");
  });

  it("that are in the state and not in the program fail the deletion, in a preview too", async () => {
    await stack.up(async (program) => {
      await program.hook("farewell", notes.hook("farewell"));
      await program.thing("a", {}, { hooks: { beforeDeleteList: ["farewell"] } });
    });
    const preview = await stack.preview(async (program) => program.stack());
    expect(preview.errors).to.deep.equal(['preview failed: hook "farewell" was not registered']);
    const up = await stack.up(async (program) => program.stack());
    expect(up.errors).to.deep.equal(['hook "farewell" was not registered']);
    expect(stack.names).to.include("a");
  });

  it("on deletion cause a refusal of destroy, which runs no program; without them, destroy works", async () => {
    const body = (hooks?: typeof everyMoment) => async (program: Program) => {
      await notes.registerAll(program);
      await program.thing("a", {}, hooks === undefined ? {} : { hooks });
      await program.thing("b");
      const { urn } = await program.stack();
      await program.outputs(urn, { kept: "yes" });
    };
    await stack.up(body(everyMoment));
    for (const dryRun of [true, false]) {
      const refused = await stack.destroy({ dryRun });
      expect(refused.result).to.equal("failed");
      expect(refused.errors[0]).to.equal(
        "Resource has delete hooks registered, but the program is not running. " +
          "Hooks: before delete, after delete",
      );
      expect(refused.steps).to.deep.equal([]);
      expect(refused.outputs).to.deep.equal({ kept: "yes" });
    }
    const { hasChanges, stateDiffers } = await stack.up(body());
    expect({ hasChanges, stateDiffers }).to.deep.equal({ hasChanges: false, stateDiffers: true });
    expect(stack.resource("a")).to.not.have.any.keys("resourceHooks");
    expect((await stack.destroy()).result).to.equal("succeeded");
    expect(stack.world.things.size).to.equal(0);
  });
});
