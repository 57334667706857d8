import { expect } from "chai";
import type { AnalyzedResource } from "../../policy/analyzed-resource";
import type { PolicyHost } from "../../policy/policy-host";
import { Unknown } from "../../values/property-value";
import type { Program } from "../support/monitor-program";
import { TestStack } from "../support/test-stack";

/** Policies that record what they are asked, and forbid what the test says. */
class RecordingPolicies implements PolicyHost {
  readonly resources: AnalyzedResource[] = [];
  stack: AnalyzedResource[] | undefined;

  constructor(private readonly forbids: { resource?: string; stack?: boolean } = {}) {}

  analyze(resource: AnalyzedResource) {
    this.resources.push(resource);
    return Promise.resolve({ mandatoryViolation: resource.name === this.forbids.resource });
  }

  analyzeStack(resources: AnalyzedResource[]) {
    this.stack = resources;
    return Promise.resolve({ mandatoryViolation: this.forbids.stack === true });
  }

  get names(): string[] {
    return this.resources.map(({ name }) => name);
  }
}

describe("engine: policies", () => {
  let stack: TestStack;
  beforeEach(async () => (stack = await TestStack.start()));
  afterEach(() => stack.stop());

  const body = async (program: Program) => {
    const root = await program.stack();
    const a = await program.thing("a", { size: 1 }, { parent: root.urn, protect: true });
    await program.thing(
      "b",
      { of: a.outputs.arn },
      { parent: root.urn, propertyDependencies: { of: [a.urn] } },
    );
  };

  it("are asked about every resource with its checked inputs, options and provider", async () => {
    const policies = new RecordingPolicies();
    const result = await stack.preview(body, { policies });
    expect(result.result).to.equal("succeeded");
    expect(policies.names).to.deep.equal(["shop-dev", "default_1_2_3", "a", "b"]);
    const [, , a, b] = policies.resources;
    expect(a).to.deep.include({ type: "box:index:Thing", properties: { color: "red", size: 1 } });
    expect(a?.options.protect).to.equal(true);
    expect(a?.provider).to.deep.include({ type: "pulumi:providers:box", name: "default_1_2_3" });
    expect(a?.provider?.properties).to.deep.include({ region: "here" });
    expect(b?.properties.of).to.equal(Unknown.value);
    expect(b?.propertyDependencies).to.deep.equal({ of: [a?.urn] });
    expect(policies.stack?.map(({ name }) => name)).to.deep.equal(policies.names);
    expect(policies.stack?.[2]?.properties).to.deep.include({ size: 1, arn: Unknown.value });
  });

  it("let a preview continue after a violation, so that it shows all violations, and fail it", async () => {
    const policies = new RecordingPolicies({ resource: "a" });
    const result = await stack.preview(body, { policies });
    expect(result.result).to.equal("failed");
    expect(policies.names).to.include("b");
  });

  it("stop an update before the resource is touched", async () => {
    const policies = new RecordingPolicies({ resource: "a" });
    const result = await stack.up((program) => body(program).catch(() => undefined), { policies });
    expect(result.result).to.equal("failed");
    expect(stack.world.things.size).to.equal(0);
    expect(policies.names).to.not.include("b");
    expect(policies.stack).to.equal(undefined);
  });

  it("fail a preview because of a stack rule, and get outputs in an update", async () => {
    const forbidding = new RecordingPolicies({ stack: true });
    expect((await stack.preview(body, { policies: forbidding })).result).to.equal("failed");
    const policies = new RecordingPolicies();
    await stack.up(body, { policies });
    const b = policies.stack?.find(({ name }) => name === "b");
    expect(b?.properties.arn).to.equal(stack.resource("b").outputs?.arn);
  });
});
