import { createHash } from "node:crypto";
import { expect } from "chai";
import { Unknown, type PropertyMap } from "../../values/property-value";
import { Resource } from "./lifecycle";
import { startProvider, type ProviderUnderTest } from "./provider-under-test";
import { newFunction } from "./surroundings";

const type = "aws:lambda/invocation:Invocation";

/** Answers with the event and with how often it was called. */
const echo = `
let calls = 0;
exports.handler = async (event) => {
  if (event.fail) throw new Error("the database is not there");
  return { calls: (calls += 1), event };
};`;

describe("provider: calls of functions", () => {
  let under: ProviderUnderTest;
  let functionName: string;
  before(async () => {
    under = await startProvider();
    functionName = (await newFunction(under, "called", echo)).name;
  });
  after(() => under.close());

  const invocation = (name: string) => new Resource(under, type, name);
  const answerIn = (outputs: PropertyMap) =>
    JSON.parse(outputs.result as string) as { calls: number; event: unknown };
  const callsNow = async () => {
    const { Payload } = await under.clients.lambda.invoke({ FunctionName: functionName });
    return (JSON.parse(new TextDecoder().decode(Payload)) as { calls: number }).calls;
  };

  it("calls the function once, when it is created", async () => {
    const input = JSON.stringify({ check: true });
    const resource = invocation("once");
    const inputs = { functionName, input, qualifier: "1", triggers: { version: "1" } };
    const preview = await under.provider.create({
      urn: resource.urn,
      inputs: await resource.checked(inputs),
      timeoutSeconds: 0,
      preview: true,
    });
    expect(preview.outputs.result).to.equal(Unknown.value);

    const made = await resource.create(inputs);
    expect(answerIn(made.outputs)).to.deep.equal({ calls: 1, event: { check: true } });
    const hash = createHash("md5").update(input).digest("hex");
    expect(made.id).to.equal(`called,1,${hash}`);
    expect(made.outputs).to.include({ lifecycleScope: "CREATE_ONLY", terraformKey: "tf" });
    expect(await resource.refresh(made)).to.deep.include({ outputs: made.outputs });
    expect((await resource.diff(made, inputs)).changes).to.equal("none");
    await resource.delete(made);
  });

  it("calls again, as a replacement, after any change of what is called", async () => {
    const resource = invocation("again");
    const inputs = { functionName, input: "{}", triggers: { version: "1" } };
    const made = await resource.create(inputs);
    for (const change of [
      { input: '{"a":1}' },
      { qualifier: "1" },
      { triggers: { version: "2" } },
      { triggers: { version: Unknown.value } },
      { functionName: "other" },
    ] as PropertyMap[]) {
      const { replaceKeys } = await resource.diff(made, { ...inputs, ...change });
      expect(replaceKeys, JSON.stringify(change)).to.deep.equal(Object.keys(change));
    }
    await resource.delete(made);
  });

  it("fails with what the function says", async () => {
    const failing = { functionName, input: JSON.stringify({ fail: true }) };
    const failure = await invocation("failing").create(failing).catch(String);
    expect(failure)
      .to.include("invoking Lambda Function (called)")
      .and.include("the database is not there");
    const missing = { functionName: "none", input: "{}" };
    const noFunction = await invocation("missing").create(missing).catch(String);
    expect(noFunction).to.include("ResourceNotFoundException");
  });

  it("with CRUD tells the function what happens, and what it was told last", async () => {
    const resource = invocation("crud");
    const inputs = (table: string) => ({
      functionName,
      input: JSON.stringify({ table }),
      lifecycleScope: "CRUD",
    });
    const made = await resource.create(inputs("a"));
    expect(answerIn(made.outputs).event).to.deep.equal({
      table: "a",
      tf: { action: "create", prev_input: null },
    });
    const diff = await resource.diff(made, inputs("b"));
    expect(diff.replaceKeys).to.deep.equal([]);
    const changed = await resource.update(made, inputs("b"));
    expect(answerIn(changed.outputs).event).to.deep.equal({
      table: "b",
      tf: { action: "update", prev_input: { table: "a" } },
    });
    const before = await callsNow();
    await resource.delete(changed);
    expect(await callsNow()).to.equal(before + 2);
  });

  it("is imported without its input, which calls again", async () => {
    const resource = invocation("imported");
    const imported = await resource.import(`called,1,${"0".repeat(32)}`);
    expect(imported?.outputs).to.include({ functionName, qualifier: "1" });
    const wrong = await resource.import("called,live,1").catch(String);
    expect(wrong).to.include("called,live,1 is not <function>,");
  });

  it("refuses an input that is no JSON, and with CRUD one that is no object", async () => {
    const reasons = async (more: PropertyMap) =>
      (await invocation("refused").check({ functionName, ...more })).failures
        .map(({ reason }) => reason)
        .join();
    expect(await reasons({ input: "check" })).to.include("must be a JSON document");
    expect(await reasons({ input: "[1]" })).to.equal("");
    expect(await reasons({ input: "[1]", lifecycleScope: "CRUD" })).to.include("JSON object");
  });
});
