import { expect } from "chai";
import { url, workers, World } from "./world";

const paused = async (world: World, worker = "asr") => {
  for (let failure = 1; failure <= 3; failure += 1) world.workerFails(worker);
  await world.call({ pause: worker, reason: "504" });
};
const states = (world: World) =>
  Object.fromEntries(Object.entries(world.mappings).map(([uuid, { state }]) => [uuid, state]));

describe("back-pressure", () => {
  it("pauses a worker when it asks for it, and only this one", async () => {
    const world = new World();
    await paused(world);
    expect(world.breaker("asr")).to.include({ state: "open", reason: "504" });
    expect(states(world)).to.include({ "asr-1": "Disabled", "sed-1": "Enabled" });
    await world.tick();
    expect(world.reports).to.deep.equal({
      asr: { paused: true, disabled: false },
      sed: { paused: false, disabled: false },
    });
  });

  it("pauses a worker within one tick when its own call was lost", async () => {
    const world = new World();
    for (let failure = 1; failure <= 3; failure += 1) world.workerFails("asr");
    await world.tick();
    expect(states(world)["asr-1"]).to.equal("Disabled");
  });

  it("pauses a worker after one failure if the work path does not answer, and never for the work path alone", async () => {
    const world = new World();
    world.apiAnswers = false;
    await world.tick(10);
    expect(world.asked).to.equal(0);
    expect(states(world)["asr-1"]).to.equal("Enabled");
    world.workerFails("asr");
    await world.tick();
    expect(states(world)["asr-1"]).to.equal("Disabled");
    expect(world.breaker("asr").reason).to.include("work path does not answer");
  });

  it("does not pause after one failure if the work path answers", async () => {
    const world = new World();
    world.workerFails("asr");
    await world.tick(5);
    expect(states(world)["asr-1"]).to.equal("Enabled");
  });

  it("stays paused while the work path does not answer, however long, and begins a trial at the first tick at which it does", async () => {
    const world = new World();
    await paused(world);
    world.apiAnswers = false;
    await world.tick(60);
    expect(world.updatesOf("asr-1")).to.deep.equal([{ uuid: "asr-1", enabled: false }]);
    world.apiAnswers = true;
    await world.tick();
    expect(world.updatesOf("asr-1").at(-1)).to.deep.equal({
      uuid: "asr-1",
      enabled: true,
      maximumConcurrency: 2,
    });
    expect(world.breaker("asr").state).to.equal("half-open");
  });

  it("ends the trial with the first success, and then allows the full concurrency", async () => {
    const world = new World();
    await paused(world);
    await world.tick(2);
    expect(world.breaker("asr").state).to.equal("half-open");
    await world.tick(3);
    expect(world.breaker("asr").state).to.equal("half-open");
    world.workerSucceeds("asr");
    await world.tick();
    expect(world.breaker("asr")).to.include({ state: "closed", failedTrials: 0 });
    expect(world.updatesOf("asr-1").at(-1)).to.deep.equal({
      uuid: "asr-1",
      maximumConcurrency: 10,
    });
    expect(world.breaker("asr").mappings).to.deep.equal({});
  });

  it("goes on with a trial in which one call failed after another succeeded; three failures in a row end it as any work", async () => {
    const world = new World();
    await paused(world);
    await world.tick(2);
    expect(world.workerFails("asr")).to.equal("504");
    await world.call({ pause: "asr", reason: "504" });
    await world.tick(3);
    expect(world.breaker("asr")).to.include({ state: "half-open", failedTrials: 1 });
    world.workerSucceeds("asr");
    expect(world.workerFails("asr")).to.equal(undefined);
    await world.tick();
    expect(world.breaker("asr")).to.include({ state: "closed", failedTrials: 0, failures: 1 });
    expect([world.workerFails("asr"), world.workerFails("asr")]).to.deep.equal([undefined, "504"]);
  });

  it("waits 1, 2, 4, then 5 minutes between trials that fail, and counts them as one pause", async () => {
    const world = new World();
    await paused(world);
    const waits: number[] = [];
    for (let trial = 0; trial < 5; trial += 1) {
      const began = world.time;
      while (world.breaker("asr").state === "open") await world.tick();
      waits.push(world.time - began);
      const reason = world.workerFails("asr");
      expect(reason).to.equal("504");
      await world.call({ pause: "asr", reason: "504" });
      expect(states(world)["asr-1"]).to.equal("Disabled");
      await world.tick();
      expect(world.reports.asr?.paused).to.equal(true);
    }
    // One tick after the failed trial was counted above.
    expect(waits).to.deep.equal([2, 2, 4, 5, 5]);
  });

  it("reports a pause also during a trial that follows a failed one", async () => {
    const world = new World();
    await paused(world);
    await world.tick(2);
    expect(world.reports.asr?.paused).to.equal(false);
    world.workerFails("asr");
    await world.tick(4);
    expect(world.breaker("asr").state).to.equal("half-open");
    expect(world.reports.asr?.paused).to.equal(true);
  });

  it("ends a trial in which there is nothing to try", async () => {
    const world = new World();
    await paused(world);
    world.messages[url("asr")] = 1;
    await world.tick(30);
    expect(world.breaker("asr").state).to.equal("half-open");
    world.messages[url("asr")] = 0;
    await world.tick();
    expect(world.breaker("asr").state).to.equal("closed");
    expect(world.mapping("asr-1").maximumConcurrency).to.equal(10);
  });

  it("counts the wait only from when nothing is delivered any more", async () => {
    const world = new World();
    world.lambdaIsBusy = true;
    await paused(world);
    await world.tick(5);
    expect(world.breaker("asr").state).to.equal("open");
    expect(states(world)["asr-1"]).to.equal("Enabled");
    world.lambdaIsBusy = false;
    await world.tick();
    expect(states(world)["asr-1"]).to.equal("Disabled");
    await world.tick();
    expect(world.breaker("asr").state).to.equal("open");
    await world.tick();
    expect(world.breaker("asr").state).to.equal("half-open");
  });

  it("leaves a mapping alone that somebody disabled, and reports it", async () => {
    const world = new World();
    world.disableByHand("asr-1");
    await world.tick();
    expect(world.reports.asr).to.deep.equal({ paused: false, disabled: true });
    await paused(world);
    await world.tick(30);
    expect(world.updatesOf("asr-1")).to.deep.equal([]);
    world.enableByHand("asr-1");
    await world.tick();
    expect(world.reports.asr?.disabled).to.equal(false);
  });

  it("leaves a mapping alone that somebody disabled during a trial", async () => {
    const world = new World();
    await paused(world);
    await world.tick(2);
    world.disableByHand("asr-1");
    await world.tick(30);
    expect(states(world)["asr-1"]).to.equal("Disabled");
    expect(world.reports.asr?.disabled).to.equal(true);
  });

  it("reports a mapping that was deleted", async () => {
    const world = new World();
    delete world.mappings["asr-1"];
    await world.tick();
    expect(world.reports.asr?.disabled).to.equal(true);
  });

  it("disables a mapping again that somebody enabled during a pause", async () => {
    const world = new World();
    world.apiAnswers = false;
    await paused(world);
    world.enableByHand("asr-1");
    await world.tick();
    expect(states(world)["asr-1"]).to.equal("Disabled");
  });

  it("enables the mapping at the next tick when somebody closed the breaker in the table", async () => {
    const world = new World();
    world.apiAnswers = false;
    await paused(world);
    Object.assign(world.breaker("asr"), { state: "closed", failures: 0 });
    await world.tick();
    expect(world.mapping("asr-1")).to.include({ state: "Enabled", maximumConcurrency: 10 });
  });

  it("limits no mapping with pollers of its own", async () => {
    const world = new World({
      asr: { mappings: [{ uuid: "asr-1", queueUrl: url("asr"), after: [], standby: false }] },
    });
    world.mapping("asr-1").isProvisioned = true;
    await paused(world);
    await world.tick(2);
    expect(world.updatesOf("asr-1").at(-1)).to.deep.equal({ uuid: "asr-1", enabled: true });
  });

  it("removes the limit after the trial if there was none before", async () => {
    const world = new World({
      asr: { mappings: [{ uuid: "asr-1", queueUrl: url("asr"), after: [], standby: false }] },
    });
    await paused(world);
    await world.tick(2);
    expect(world.mapping("asr-1").maximumConcurrency).to.equal(2);
    world.workerSucceeds("asr");
    await world.tick();
    expect(world.updatesOf("asr-1").at(-1)).to.deep.equal({
      uuid: "asr-1",
      maximumConcurrency: "unlimited",
    });
  });

  it("answers for queues that are to be deleted, with the counts of those that are not empty", async () => {
    const world = new World();
    world.messages["old-dlq"] = 2;
    const outcome = await world.call({ mustBeEmpty: ["old-queue", "old-dlq"] }).catch(String);
    expect(outcome).to.include("old-dlq has 2").and.not.include("old-queue has");
    await world.call({ mustBeEmpty: ["old-queue"] });
  });

  it("refuses a pause of a worker that it does not know", async () => {
    const outcome = await new World().call({ pause: "usr", reason: "504" }).catch(String);
    expect(outcome).to.include('There is no worker "usr"; there are asr, sed.');
  });

  it("looks after the other workers when one cannot be looked after, and fails", async () => {
    const world = new World();
    const read = world.read.bind(world);
    world.read = (worker) =>
      worker === "asr" ? Promise.reject(new Error("throttled")) : read(worker);
    const outcome: unknown = await world.tick().catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(AggregateError);
    // No report of asr: its alarms breach on missing data.
    expect(world.reports).to.have.all.keys("sed");
  });

  it("enables a mapping that stands by only while its own queue has messages", async () => {
    const standingBy = { uuid: "sed-2", queueUrl: url("sed-2"), after: [], standby: true };
    const first = { uuid: "sed-1", queueUrl: url("sed"), after: [], standby: false };
    const world = new World({ sed: { mappings: [first, standingBy] } });
    world.mapping("sed-2").state = "Disabled";
    await world.tick(3);
    expect([world.mapping("sed-1").state, world.mapping("sed-2").state]).to.deep.equal([
      "Enabled",
      "Disabled",
    ]);
    world.messages[url("sed-2")] = 5;
    await world.tick(2);
    expect(world.mapping("sed-2").state).to.equal("Enabled");
    world.messages[url("sed-2")] = 0;
    await world.tick(2);
    expect(world.mapping("sed-2").state).to.equal("Disabled");
    expect(world.reports.sed).to.include({ disabled: false });
  });

  describe("a mapping that waits for another queue", () => {
    it("is enabled after that queue was empty at every tick for three minutes, and counts as disabled by nobody", async () => {
      const world = new World();
      world.messages[url("sed")] = 5;
      await world.tick(10);
      expect(states(world)["sed-2"]).to.equal("Disabled");
      expect(world.reports.sed).to.deep.equal({ paused: false, disabled: false });
      world.messages[url("sed")] = 0;
      await world.tick(3);
      world.messages[url("sed")] = 1;
      await world.tick();
      world.messages[url("sed")] = 0;
      await world.tick(3);
      expect(states(world)["sed-2"]).to.equal("Disabled");
      await world.tick();
      expect(world.updates).to.deep.equal([{ uuid: "sed-2", enabled: true }]);
    });

    it("stays enabled when that queue gets another message", async () => {
      const world = new World();
      await world.tick(4);
      expect(states(world)["sed-2"]).to.equal("Enabled");
      world.messages[url("sed")] = 1;
      await world.tick(10);
      expect(states(world)["sed-2"]).to.equal("Enabled");
    });

    it("is not enabled while the breaker is open, and in the trial with the others", async () => {
      const world = new World();
      world.apiAnswers = false;
      await paused(world, "sed");
      await world.tick(10);
      expect(states(world)).to.include({ "sed-1": "Disabled", "sed-2": "Disabled" });
      world.apiAnswers = true;
      await world.tick();
      expect(states(world)).to.include({ "sed-1": "Enabled", "sed-2": "Enabled" });
    });

    it("is disabled first if it is enabled, as when a stage of a migration goes back", async () => {
      const world = new World();
      world.messages[url("sed")] = 5;
      world.mapping("sed-2").state = "Enabled";
      await world.tick();
      expect(states(world)["sed-2"]).to.equal("Disabled");
    });

    it("waits again after it did not have to wait for a while", async () => {
      const world = new World();
      await world.tick(4);
      expect(states(world)["sed-2"]).to.equal("Enabled");
      const sed = workers.sed!.mappings;
      const between = new World({ sed: { mappings: [sed[0]!] } });
      Object.assign(between.breakers, world.breakers);
      await between.tick();
      expect(between.breaker("sed").drains).to.deep.equal({});
      Object.assign(world.breakers, between.breakers);
      world.messages[url("sed")] = 1;
      await world.tick();
      expect(states(world)["sed-2"]).to.equal("Disabled");
    });

    describe("before a producer sends to its queue", () => {
      const settle = { settle: true as const };

      it("is disabled at once, and awaited", async () => {
        const world = new World();
        world.mapping("sed-2").state = "Enabled";
        let waits = 0;
        world.lambdaIsBusy = true;
        world.effect = (name) => {
          if (name === "wait" && (waits += 1) === 3) world.lambdaIsBusy = false;
          return Promise.resolve();
        };
        await world.call(settle);
        expect(states(world)).to.include({ "sed-2": "Disabled", "sed-1": "Enabled" });
        expect(waits).to.equal(3);
      });

      it("stays enabled if it has waited already", async () => {
        const world = new World();
        await world.tick(4);
        await world.call(settle);
        expect(states(world)["sed-2"]).to.equal("Enabled");
      });

      it("waits again if an update in between did not make it wait, however short that was", async () => {
        const world = new World();
        await world.tick(4);
        const sed = workers.sed!.mappings;
        const between = new World({ sed: { mappings: [sed[0]!] } });
        Object.assign(between.breakers, world.breakers);
        await between.call(settle);
        Object.assign(world.breakers, between.breakers);
        await world.call(settle);
        expect(states(world)["sed-2"]).to.equal("Disabled");
      });

      it("goes on if it works on messages and nothing is before them", async () => {
        const world = new World();
        world.mapping("sed-2").state = "Enabled";
        world.messages[url("sed-v2")] = 7;
        await world.call(settle);
        await world.tick();
        expect(states(world)["sed-2"]).to.equal("Enabled");
        world.messages[url("sed")] = 1;
        await world.call(settle);
        expect(states(world)["sed-2"]).to.equal("Disabled");
      });

      it("fails the update if it cannot be disabled", async () => {
        const world = new World();
        world.mapping("sed-2").state = "Enabled";
        world.lambdaIsBusy = true;
        const error = (await world.call(settle).catch((e: unknown) => e)) as AggregateError;
        expect(String(error.errors[0])).to.include("is not disabled after 30 s");
      });
    });
  });
});
