import { expect } from "chai";
import type { PropertyMap } from "../../values/property-value";
import { itLives, Resource } from "./lifecycle";
import { startProvider, type ProviderUnderTest } from "./provider-under-test";
import { changeMapping, newFunction, newQueue } from "./surroundings";

const type = "aws:lambda/eventSourceMapping:EventSourceMapping";

describe("provider: event source mappings", () => {
  let under: ProviderUnderTest;
  let alias: string;
  before(async () => {
    under = await startProvider();
    const { name } = await newFunction(under, "mapped");
    const created = await under.clients.lambda.createAlias({
      FunctionName: name,
      Name: "live",
      FunctionVersion: "1",
    });
    alias = created.AliasArn ?? "";
  });
  after(() => under.close());

  itLives(
    {
      type,
      prepare: async () => ({ queue: (await newQueue(under, "work")).arn }),
      inputs: ({ queue = "" }) => ({
        eventSourceArn: queue,
        functionName: alias,
        batchSize: 5,
        functionResponseTypes: ["ReportBatchItemFailures"],
        tags: { Project: "files" },
      }),
      outputs: (id) => ({ uuid: id, functionArn: alias, state: "Enabled" }),
      // A change takes the service a moment, so several are made at once.
      updates: [
        { batchSize: 1, scalingConfig: { maximumConcurrency: 2 }, tags: { Project: "other" } },
        { scalingConfig: { maximumConcurrency: 10 }, maximumBatchingWindowInSeconds: 5 },
        {
          scalingConfig: null,
          maximumBatchingWindowInSeconds: null,
          metricsConfig: { metrics: ["EventCount"] },
          kmsKeyArn: "arn:aws:kms:ap-northeast-1:123456789012:key/one",
        },
        {
          provisionedPollerConfig: { minimumPollers: 2, maximumPollers: 4, pollerGroupName: "a" },
          metricsConfig: null,
          kmsKeyArn: null,
          filterCriteria: { filters: [{ pattern: JSON.stringify({ body: { a: [1] } }) }] },
        },
        { provisionedPollerConfig: null, filterCriteria: null, enabled: false },
      ],
      replacements: [{ eventSourceArn: "arn:aws:sqs:x:1:other" }],
    },
    () => under,
  );

  const mapping = async (name: string, more: PropertyMap = {}) => {
    const inputs = {
      eventSourceArn: (await newQueue(under, name)).arn,
      functionName: alias,
      scalingConfig: { maximumConcurrency: 2 },
      ...more,
    };
    const resource = new Resource(under, type, name);
    return { resource, inputs, made: await resource.create(inputs) };
  };
  const stateOf = async (UUID: string) =>
    (await under.clients.lambda.getEventSourceMapping({ UUID })).State;

  it("tells an alias from its function, and a name from neither", async () => {
    const { resource, inputs, made } = await mapping("by-alias");
    const ofFunction = alias.replace(/:live$/, "");
    await changeMapping(under.clients, made.id, { FunctionName: ofFunction });
    const drifted = (await resource.refresh(made)) ?? made;
    const diff = await resource.diff(drifted, inputs);
    expect(diff.detailedDiff).to.have.keys("functionName");
    const repaired = await resource.update(drifted, inputs);
    expect(repaired.outputs.functionArn).to.equal(alias);
    const byName = await resource.diff(repaired, { ...inputs, functionName: "mapped" });
    expect(byName.changes).to.equal("none");
    await resource.delete(repaired);
  });

  it("that somebody paused is no change if the program ignores `enabled`, and stays paused", async () => {
    const { resource, inputs, made } = await mapping("paused");
    const ignored = ["enabled"];
    await changeMapping(under.clients, made.id, { Enabled: false });
    const refreshed = (await resource.refresh(made)) ?? made;
    expect(refreshed.outputs).to.include({ enabled: false, state: "Disabled" });
    // What a refresh asks: the new state against the inputs from before.
    expect((await resource.diff(refreshed, inputs, ignored)).changes).to.equal("none");
    expect((await resource.diff(refreshed, inputs)).detailedDiff).to.have.keys("enabled");
    // An `up` without a refresh, for which the mapping is still enabled.
    const more = { ...inputs, batchSize: 1 };
    const updated = await resource.update(made, more, ignored);
    expect(updated.outputs).to.include({ batchSize: 1, enabled: false });
    expect(await stateOf(made.id)).to.equal("Disabled");
    await resource.delete(updated);
  });

  it("is refused with both a maximum concurrency and pollers", async () => {
    const { resource, inputs, made } = await mapping("both");
    const failure = await resource
      .update(made, { ...inputs, provisionedPollerConfig: { minimumPollers: 2 } })
      .catch(String);
    expect(failure).to.include("exclude each other");
    await resource.delete(made);
  });

  it("is changed when the service is ready, and waited for until it has changed", async () => {
    const { resource, inputs, made } = await mapping("busy");
    // It changes for a moment, and meanwhile refuses the next change.
    await under.clients.lambda.updateEventSourceMapping({ UUID: made.id, BatchSize: 2 });
    const updated = await resource.update(made, { ...inputs, enabled: false });
    expect(updated.outputs).to.include({ enabled: false, state: "Disabled" });
    await under.clients.lambda.updateEventSourceMapping({ UUID: made.id, Enabled: true });
    await resource.delete(updated);
    expect(await resource.refresh(updated)).to.equal(undefined);
  });
});
