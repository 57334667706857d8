import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import program from "../../../systems/watchme";
import { stages, type Stage } from "../../../systems/watchme/migration";
import { recordProgram, type Recording } from "../../support/recorded-program";
import { stackConfig } from "../../support/system-config";

type Deployed = Recording<unknown> & { outputs: unknown };

const record = (stack: string, over: Record<string, string> = {}): Promise<Deployed> =>
  recordProgram(program, {
    project: "watchme",
    stack,
    config: { ...stackConfig("watchme", stack), ...over },
  });

/** Every URN of watchme after its project. A change in this file deletes and creates what is deployed. */
const knownUrns = (stack: string) =>
  readFileSync(join(__dirname, "urns.txt"), "utf8")
    // Each stack has the address of its configuration.
    .replace("watchme@", stack === "prod" ? "watchme@" : `watchme-${stack}@`)
    .trim()
    .split("\n")
    .sort();

const queues = ["asr", "sed", "ser", "dashboard-summary", "dashboard-analysis"];

describe("watchme", function () {
  this.timeout(240_000);
  const stacks: Record<string, Deployed> = {};
  before(async () => {
    for (const stack of ["dev", "prod"]) stacks[stack] = await record(stack);
  });
  const deployed = (stack: string): Deployed => {
    const recording = stacks[stack];
    if (recording === undefined) throw new Error(`${stack} was not run`);
    return recording;
  };

  for (const stack of ["dev", "prod"]) {
    it(`${stack}: keeps the URNs that deployed stacks already have`, () => {
      const prefix = `urn:pulumi:${stack}::watchme::`;
      const urns = deployed(stack).resources.map(({ urn }) => urn);
      expect(urns.every((urn) => urn.startsWith(prefix))).to.equal(true);
      expect(urns.map((urn) => urn.slice(prefix.length)).sort()).to.deep.equal(knownUrns(stack));
    });
  }

  it("has the physical names that exist in prod, and its own in dev", () => {
    const names = (stack: string) => {
      const { ofType } = deployed(stack);
      const of = (type: string, property: string) =>
        ofType(type).map(({ inputs }) => String(inputs[property]));
      return [
        ...of("aws:sqs/queue:Queue", "name").filter((name) => /-(queue|dlq)(-dev)?$/.test(name)),
        ...of("aws:lambda/function:Function", "name").filter((name) =>
          /-worker|-audio|-agg/.test(name),
        ),
      ];
    };
    const known = [
      ...queues.flatMap((key) => [`watchme-${key}-queue`, `watchme-${key}-dlq`]),
      ...queues.map((key) => `watchme-${key}-worker`),
      "watchme-audio-processor",
      "watchme-aggregator-checker",
    ];
    expect(names("prod")).to.include.members(known);
    expect(names("dev")).to.include.members(known.map((name) => `${name}-dev`));
  });

  it("has the timeouts and the attempts that the queues need", () => {
    const { named } = deployed("prod");
    const settings = (key: string) => {
      const { visibilityTimeoutSeconds, redrivePolicy } = named(`${key}-queue`).inputs;
      const { maxReceiveCount } = JSON.parse(redrivePolicy as string) as {
        maxReceiveCount: number;
      };
      return [key, visibilityTimeoutSeconds, maxReceiveCount];
    };
    expect(queues.map(settings)).to.deep.equal([
      ["asr", 300, 3],
      ["sed", 300, 3],
      ["ser", 300, 3],
      ["dashboard-summary", 5400, 3],
      ["dashboard-analysis", 5400, 3],
    ]);
  });

  it("calls the aliases of the workers, with partial failures and no more calls than the APIs bear", () => {
    const mappings = deployed("prod").ofType("aws:lambda/eventSourceMapping:EventSourceMapping");
    expect(
      mappings.map(({ inputs }) => [
        String(inputs.functionName).split(":").at(-1),
        (inputs.scalingConfig as { maximumConcurrency: number }).maximumConcurrency,
        inputs.functionResponseTypes,
      ]),
    ).to.have.deep.members(
      [10, 2, 2, 2, 2].map((most, index) => [
        `${queues[index]}-live`,
        most,
        ["ReportBatchItemFailures"],
      ]),
    );
  });

  it("has at each stage of a queue's way to FIFO the queues, the senders' queue and the mappings of that stage", async () => {
    const seen: Partial<Record<Stage, object>> = {};
    for (const stage of stages) {
      const { ofType, named } = await record("dev", { "watchme:serFifo": stage });
      const { environment } = named("audio-processor", "aws:lambda/function:Function").inputs as {
        environment: { variables: { QUEUE_URLS: string } };
      };
      const urls = JSON.parse(environment.variables.QUEUE_URLS) as { ser: string };
      const mappings = ofType("aws:lambda/eventSourceMapping:EventSourceMapping");
      seen[stage] = {
        pairs: ofType("aws:sqs/queue:Queue")
          .map(({ name }) => name)
          .filter((name) => /^ser-(v2-)?queue$/.test(name))
          .sort(),
        sendsTo: urls.ser.includes("ser-v2") ? "FIFO" : "standard",
        enabled: mappings
          .filter(({ name }) => name.startsWith("ser"))
          .map(({ name, inputs }) => `${name}: ${inputs.enabled as boolean}`)
          .sort(),
      };
    }
    const both = ["ser-queue", "ser-v2-queue"];
    expect(seen).to.deep.equal({
      off: { pairs: ["ser-queue"], sendsTo: "standard", enabled: ["ser-from-ser: true"] },
      // A mapping that is not enabled waits for back-pressure, which knows what is in the queues.
      prepare: {
        pairs: both,
        sendsTo: "standard",
        enabled: ["ser-from-ser-v2: false", "ser-from-ser: true"],
      },
      switch: {
        pairs: both,
        sendsTo: "FIFO",
        enabled: ["ser-from-ser-v2: false", "ser-from-ser: true"],
      },
      drain: {
        pairs: both,
        sendsTo: "FIFO",
        enabled: ["ser-from-ser-v2: false", "ser-from-ser: true"],
      },
      done: { pairs: ["ser-v2-queue"], sendsTo: "FIFO", enabled: ["ser-from-ser-v2: true"] },
    });
  });
});
