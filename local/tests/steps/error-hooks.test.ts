import { expect } from "chai";
import { CallbackServer, type HookCall } from "../support/callback-server";
import { warningsOf } from "../support/hook-notes";
import type { Program } from "../support/monitor-program";
import { TestStack } from "../support/test-stack";

describe("engine: error hooks", () => {
  let stack: TestStack;
  let callbacks: CallbackServer;
  let calls: HookCall[];
  beforeEach(async () => {
    stack = await TestStack.start();
    callbacks = await CallbackServer.start();
    calls = [];
  });
  afterEach(() => {
    callbacks.stop();
    stack.stop();
  });

  const answering = (answer: boolean | string) =>
    callbacks.errorHook((call) => {
      calls.push(call);
      return answer;
    });
  const hooks = { onErrorList: ["again"] };
  /** A thing whose failures its error hook answers so. */
  const body =
    (answer: boolean | string, inputs: object = {}) =>
    async (program: Program) => {
      await program.errorHook("again", answering(answer));
      await program.thing("a", { ...inputs }, { hooks });
    };

  it("have a create, an update and a delete tried again, with all failures, the newest first", async () => {
    stack.world.failNext("create", "a", "first");
    stack.world.failNext("create", "a", "second");
    const created = await stack.up(body(true));
    expect(created.result).to.equal("succeeded");
    expect(warningsOf(created)).to.deep.equal([
      "retrying create due to on-error hook request (1/100)",
      "retrying create due to on-error hook request (2/100)",
    ]);
    stack.world.failNext("update", "a", "third");
    await stack.up(body(true, { size: 2 }));
    stack.world.failNext("delete", "a", "fourth");
    const deleted = await stack.up(async (program) => {
      await program.errorHook("again", answering(true));
    });
    expect(deleted.result).to.equal("succeeded");
    expect(stack.world.things.size).to.equal(0);
    expect(calls.map(({ failedOperation, errors }) => [failedOperation, errors])).to.deep.equal([
      ["create", ["first"]],
      ["create", ["second", "first"]],
      ["update", ["third"]],
      ["delete", ["fourth"]],
    ]);
    const inputs = { color: "red" };
    const urn = stack.urn("a");
    expect(calls[0]).to.deep.include({ urn, id: "", newInputs: inputs, oldInputs: undefined });
    expect(calls[2]).to.deep.include({ newInputs: { ...inputs, size: 2 }, oldInputs: inputs });
    expect(calls[3]).to.deep.include({ newInputs: undefined, oldInputs: { ...inputs, size: 2 } });
    expect(calls[3]?.oldOutputs).to.have.property("arn");
  });

  it("that return false do not change the failure; all are called, and one true is enough for a retry", async () => {
    stack.world.failNext("create", "a", "no room");
    const result = await stack.up(body(false));
    expect(result.errors).to.deep.equal(["no room"]);
    expect(calls.length).to.equal(1);
    stack.world.failNext("create", "b", "no room");
    const { errors } = await stack.up(async (program) => {
      for (const [name, answer] of Object.entries({ yes: true, no: false })) {
        await program.errorHook(name, answering(answer));
      }
      await program.thing("b", {}, { hooks: { onErrorList: ["yes", "no"] } });
    });
    expect(errors).to.deep.equal([]);
    expect(calls.length).to.equal(3);
  });

  it("that fail or do not exist end the step with their own error", async () => {
    stack.world.failNext("create", "a", "no room");
    const failed = await stack.up(body("no idea"));
    expect(failed.errors).to.deep.equal([
      'error hooks execution failed: error hook "again" failed: no idea',
    ]);
    stack.world.failNext("create", "a", "no room");
    const missing = await stack.up((program) => program.thing("a", {}, { hooks }));
    expect(missing.errors).to.deep.equal([
      'error hooks execution failed: error hook "again" was not registered',
    ]);
  });

  it("are not called more than a hundred times", async () => {
    for (let count = 0; count < 101; count += 1) stack.world.failNext("create", "a", "no room");
    const result = await stack.up(body(true));
    expect(result.errors).to.deep.equal(["maximum number of error hook retries reached"]);
    expect(warningsOf(result).at(-1)).to.equal(
      "maximum number of error hook retries (100) reached",
    );
    expect(calls.length).to.equal(99);
    expect(stack.world.operations("create").length).to.equal(100);
  });

  it("keep a resource in the state that exists but is not ready", async () => {
    const result = await stack.up(body("no idea", { broken: true }));
    expect(result.errors).to.deep.equal(["it did not become ready"]);
    expect(warningsOf(result)).to.deep.equal([
      'error hooks execution failed: error hook "again" failed: no idea',
    ]);
    expect(stack.resource("a").initErrors).to.deep.equal(["it did not become ready"]);
  });

  it("do not prevent a destroy", async () => {
    await stack.up(body(true));
    stack.world.failNext("delete", "a", "still in use");
    const refused = await stack.destroy();
    expect(refused.errors).to.deep.equal(["still in use"]);
    expect((await stack.destroy()).result).to.equal("succeeded");
  });
});
