import { expect } from "chai";
import { z } from "zod";
import { checkConfiguration } from "../../../systems/configuration";
import { configurationRules } from "../../../systems/watchme/config";
import program from "../../../systems/watchme";
import { recordProgram } from "../../support/recorded-program";
import { projectDefaults, stackConfig } from "../../support/system-config";

const { shape } = configurationRules;
const required = Object.entries(shape)
  .filter(([, schema]) => !((schema as z.ZodType) instanceof z.ZodOptional))
  .map(([name]) => name);

const check = (texts: Record<string, string>) =>
  checkConfiguration(configurationRules, {
    project: "watchme",
    stack: "dev",
    texts,
    secretKeys: [],
    command: "pulumi",
  });

const withValues = (values: Record<string, string>) => ({
  ...stackConfig("watchme", "dev"),
  ...Object.fromEntries(Object.entries(values).map(([key, value]) => [`watchme:${key}`, value])),
});

const refusal = async (values: Record<string, string>): Promise<string> => {
  try {
    await recordProgram(program, { project: "watchme", stack: "dev", config: withValues(values) });
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing was refused";
};

describe("the configuration of watchme", () => {
  it("has defaults that it accepts", () => {
    const stackMustSet = stackConfig("watchme", "dev");
    const config = check({ ...projectDefaults("watchme"), ...stackMustSet });
    expect(config).to.include.all.keys(["region", ...required]);
  });

  it("is accepted as the stacks have it", () => {
    const known = { visibilityTimeoutSeconds: 300, maxReceiveCount: 3, sedConcurrency: 2 };
    expect(check(stackConfig("watchme", "dev"))).to.deep.include({ ...known, protect: false });
    expect(check(stackConfig("watchme", "prod"))).to.deep.include({ ...known, protect: true });
  });

  it("names every fault at once, with key, value, rule and fix", () => {
    const wrong = withValues({
      serFifo: "half",
      sedConcurrency: "1",
      apiTimeoutSeconds: "99",
      behaviorApiUrl: "behavior.example.com",
      maxReceiveCount: "2",
      asrPollers: '{"minimum": 1}',
    });
    expect(() => check(wrong))
      .to.throw()
      .with.property("message")
      .that.includes('"half"')
      .and.includes("off, prepare, switch, drain, done")
      .and.includes("sedConcurrency")
      .and.includes("apiTimeoutSeconds")
      .and.includes('"behavior.example.com"')
      .and.includes("maxReceiveCount")
      .and.includes("asrPollers");
  });

  it("refuses URLs of APIs to which no request can be made", () => {
    for (const url of [
      "https://u:p@a.example/ser",
      "https://a.example/ser?x=1",
      "http://a.example/a b",
    ])
      expect(() => check(withValues({ emotionApiUrl: url })), url).to.throw("without a user");
  });

  it("leaves a worker five seconds besides the wait for its API", () => {
    expect(() => check(withValues({ apiTimeoutSeconds: "56" })))
      .to.throw()
      .with.property("message")
      .that.includes("apiTimeoutSeconds");
  });

  for (const [what, values, ...words] of [
    [
      "pollers of an API that bears two calls: two pollers make twenty",
      { sedPollers: '{"minimum": 2, "maximum": 2}' },
      "concurrency allows 20 calls at a time",
      "at most 2 are allowed",
    ],
    [
      "batches of more than ten without a batching window",
      { dashboardBatchSize: "50" },
      "batchSize is 50; without a batching window",
    ],
  ] as [string, Record<string, string>, ...string[]][]) {
    it(`refuses ${what}`, async () => {
      const message = await refusal(values);
      for (const word of words) expect(message).to.include(word);
    });
  }

  it("adds the batching window to the visibility timeout of the dashboard queues", async () => {
    const { named } = await recordProgram(program, {
      project: "watchme",
      stack: "dev",
      config: withValues({ dashboardBatchSize: "50", dashboardBatchingWindowSeconds: "20" }),
    });
    expect(named("dashboard-summary-queue").inputs.visibilityTimeoutSeconds).to.equal(5420);
  });
});
