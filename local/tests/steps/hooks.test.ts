import { expect } from "chai";
import { CallbackServer } from "../support/callback-server";
import { everyMoment, HookNotes } from "../support/hook-notes";
import type { Program } from "../support/monitor-program";
import { secret, TestStack, unknown } from "../support/test-stack";

describe("engine: resource hooks", () => {
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

  it("are reported as supported", async () => {
    const { errors } = await stack.up(async (program) => {
      expect(await program.supports("resourceHooks")).to.equal(true);
      expect(await program.supports("errorHooks")).to.equal(true);
    });
    expect(errors).to.deep.equal([]);
  });

  it("get the values that exist at that time, with secrets marked", async () => {
    const body = (inputs?: object) => async (program: Program) => {
      await notes.registerAll(program);
      if (inputs !== undefined) await program.thing("a", { ...inputs }, { hooks: everyMoment });
      await program.signalAndWaitForShutdown();
    };
    const one = { size: 1, word: secret("w") };
    const two = { size: 2, word: secret("w") };
    await stack.up(body(one));
    const { id = "" } = stack.resource("a");
    await stack.up(body(two));
    await stack.up(body());
    const base = { urn: stack.urn("a"), name: "a", type: "box:index:Thing" };
    const none = {
      newInputs: undefined,
      oldInputs: undefined,
      newOutputs: undefined,
      oldOutputs: undefined,
    };
    const live = (inputs: object) => ({ ...inputs, color: "red", arn: `arn:box:${id}` });
    const [newInputs, oldInputs] = [two, one].map((inputs) => ({ color: "red", ...inputs }));
    const created = { newInputs: oldInputs };
    const updated = { newInputs, oldInputs, oldOutputs: live(one) };
    const deleted = { oldInputs: newInputs, oldOutputs: live(two) };
    expect(notes.trail).to.deep.equal(Object.values(everyMoment).map(([name]) => `${name} a`));
    expect(notes.calls).to.deep.equal([
      { ...base, id: "", ...none, ...created },
      { ...base, id, ...none, ...created, newOutputs: live(one) },
      { ...base, id, ...none, ...updated },
      { ...base, id, ...none, ...updated, newOutputs: live(two) },
      { ...base, id, ...none, ...deleted },
      { ...base, id, ...none, ...deleted },
    ]);
  });

  it("run in a preview only where they ask for it, and see what is not known as such", async () => {
    const body = async (program: Program) => {
      await program.hook("always", notes.hook("always"), { onDryRun: true });
      await program.hook("for real", notes.hook("for real"));
      const hooks = { beforeCreateList: ["for real", "always"], afterCreateList: ["always"] };
      await program.thing("a", { of: unknown }, { hooks });
    };
    await stack.preview(body);
    expect(notes.trail).to.deep.equal(["always a", "always a"]);
    expect(notes.calls[0]?.newInputs).to.deep.equal({ color: "red", of: unknown });
    expect(notes.calls[1]).to.deep.include({
      id: "",
      newOutputs: { color: "red", of: unknown, arn: unknown },
    });
  });

  it("of a replacement are those of a create and of a delete, never of an update", async () => {
    const body = (place: string) => async (program: Program) => {
      await notes.registerAll(program);
      await program.thing("a", { place }, { hooks: everyMoment });
      await program.signalAndWaitForShutdown();
    };
    await stack.up(body("here"));
    notes.trail.length = 0;
    await stack.up(body("there"));
    expect(notes.trail).to.deep.equal([
      "before create a",
      "after create a",
      "before delete a",
      "after delete a",
    ]);
  });

  it("after a component run when it has registered its outputs, after its children's", async () => {
    const body = (height: number) => async (program: Program) => {
      await notes.registerAll(program);
      const options = { hooks: everyMoment, inputs: { height } };
      const { urn } = await program.component("shop:index:Shelf", "shelf", options);
      await program.thing("board", { height }, { parent: urn, hooks: everyMoment });
      await program.outputs(urn, { boards: height });
    };
    await stack.up(body(1));
    expect(notes.calls.at(-1)).to.deep.include({ name: "shelf", newOutputs: { boards: 1 } });
    await stack.up(body(2));
    expect(notes.trail).to.deep.equal([
      "before create shelf",
      "before create board",
      "after create board",
      "after create shelf",
      "before update shelf",
      "before update board",
      "after update board",
      "after update shelf",
    ]);
    expect(notes.calls.at(-1)).to.deep.include({
      newOutputs: { boards: 2 },
      oldOutputs: { boards: 1 },
    });
  });

  it("stay in the state, in Pulumi's words, through a refresh too", async () => {
    const hooks = { afterDeleteList: ["z", "b"], beforeCreateList: ["a"] };
    await stack.up(async (program) => {
      await program.hook("a", notes.hook("a"));
      await program.thing("a", {}, { hooks });
    });
    const kept = { AfterDelete: ["z", "b"], BeforeCreate: ["a"] };
    expect(stack.resource("a").resourceHooks).to.deep.equal(kept);
    await stack.refresh();
    expect(stack.resource("a").resourceHooks).to.deep.equal(kept);
  });

  it("are given by transforms as well", async () => {
    await stack.up(async (program) => {
      await program.hook("given", notes.hook("given"));
      const give = callbacks.transform((_, options) => {
        const binding = options.getHooks() ?? program.hooks({});
        binding.addAfterCreate("given");
        options.setHooks(binding);
        return undefined;
      });
      await program.transformAll(give);
      await program.thing("a");
    });
    expect(notes.trail).to.deep.equal(["given a"]);
  });

  it("must have unique, non-empty names", async () => {
    const { errors } = await stack.up(async (program) => {
      await program.hook("one", notes.hook("one"));
      for (const register of ["hook", "errorHook"] as const) {
        for (const [name, fault] of [
          ["one", 'resource hook already registered for name "one"'],
          ["", "resource hook name cannot be empty"],
        ] as const) {
          const refused = await program[register](name, notes.hook(name)).catch(
            ({ details }: { details: string }) => details,
          );
          expect(refused).to.equal(fault);
        }
      }
    });
    expect(errors).to.deep.equal([]);
  });
});
