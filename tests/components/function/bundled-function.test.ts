import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { BundledFunction } from "../../../components/function/bundled-function";
import type { BundledFunctionArgs } from "../../../components/function/function-arguments";
import { recordProgram } from "../../support/recorded-program";
import { deployment } from "../alerting-fixture";

const args: BundledFunctionArgs = {
  deployment,
  functionName: "shop-probe",
  entry: join(__dirname, "../../fixtures/worker-program.ts"),
  timeoutSeconds: 10,
  variables: { API_URL: "https://api.example.com" },
  rights: { name: "probe", statements: [] },
};

const build = (over: Partial<BundledFunctionArgs> = {}) =>
  recordProgram(() => {
    const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
    return new BundledFunction("probe", { ...args, ...over }, parent).output;
  });

describe("BundledFunction", () => {
  it("adds its resources to its parent, and no component of its own", async () => {
    const { resources } = await build();
    const under = "urn:pulumi:stack::project::test:index:Parent";
    expect(resources.map(({ urn }) => urn)).to.have.members([
      `${under}::parent`,
      `${under}$aws:cloudwatch/logGroup:LogGroup::probe-logs`,
      `${under}$aws:iam/role:Role::probe-role`,
      `${under}$aws:iam/rolePolicy:RolePolicy::probe-role-policy`,
      `${under}$aws:lambda/function:Function::probe`,
      `${under}$aws:lambda/invocation:Invocation::probe-check`,
      `${under}$aws:lambda/alias:Alias::probe-live`,
    ]);
  });

  it("publishes a version with each change, which the alias points to", async () => {
    const { named } = await build();
    expect(named("probe").inputs).to.include({ publish: true, timeout: 10, memorySize: 256 });
    expect(named("probe-live").inputs).to.include({ name: "live", functionName: "shop-probe" });
    expect(named("probe-live").dependencies).to.include(named("probe").urn);
  });

  it("calls each version with the check event before the alias points to it", async () => {
    const { named } = await build();
    expect(named("probe-check").inputs).to.deep.equal({
      functionName: "shop-probe",
      qualifier: "7",
      input: '{"queuefleetCheck":{"id":"deployment"}}',
      triggers: { version: "7" },
    });
    expect(named("probe-live").dependencies).to.include(named("probe-check").urn);
  });

  it("reserves concurrency only if told to", async () => {
    const reserved = async (over: Partial<BundledFunctionArgs>) =>
      (await build(over)).named("probe").inputs.reservedConcurrentExecutions;
    expect(await reserved({})).to.equal(undefined);
    expect(await reserved({ reservedConcurrency: 10 })).to.equal(10);
  });

  it("may do nothing but write its log unless it is given rights, and has no dead-letter queue of its own", async () => {
    const { named } = await build();
    const { Statement } = JSON.parse(named("probe-role-policy").inputs.policy as string) as {
      Statement: { Action: string[] }[];
    };
    expect(Statement.map(({ Action }) => Action)).to.deep.equal([
      ["logs:CreateLogStream", "logs:PutLogEvents"],
    ]);
    expect(named("probe").inputs).to.not.have.property("deadLetterConfig");
  });

  it("keeps its log for 30 days unless told otherwise", async () => {
    const days = async (over: Partial<BundledFunctionArgs>) =>
      (await build(over)).named("probe-logs").inputs.retentionInDays;
    expect(await days({})).to.equal(30);
    expect(await days({ logRetentionDays: 90 })).to.equal(90);
  });

  it("names every fault of its arguments at once", async () => {
    const error = await build({
      functionName: "a b",
      timeoutSeconds: 901,
      memoryMegabytes: 64,
      logRetentionDays: 31,
    }).catch((reason: unknown) => (reason as Error).message);
    expect(error)
      .to.be.a("string")
      .that.includes('Invalid BundledFunction "probe":')
      .and.includes('functionName is "a b"')
      .and.includes("timeoutSeconds is 901; Lambda allows whole seconds from 1 to 900")
      .and.includes("memoryMegabytes is 64;")
      .and.includes("logRetentionDays is 31; CloudWatch Logs allows 1, 3, 5,");
  });
});
