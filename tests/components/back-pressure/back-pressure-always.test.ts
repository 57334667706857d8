import { expect } from "chai";
import fc from "fast-check";
import { drainedMinutes } from "../../../contracts/back-pressure";
import { url, workers, World } from "./world";

/** What can happen, in any order. */
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ do: "tick" as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("a call of the API fails" as const),
      worker: fc.constantFrom("asr", "sed"),
      pauseIsLost: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("a call of the API succeeds" as const),
      worker: fc.constantFrom("asr", "sed"),
    }),
  },
  fc.record({ do: fc.constant("the work path changes" as const), answers: fc.boolean() }),
  fc.record({ do: fc.constant("lambda changes" as const), isBusy: fc.boolean() }),
  fc.record({
    do: fc.constantFrom("disable by hand" as const, "enable by hand" as const),
    uuid: fc.constantFrom("asr-1", "sed-1", "sed-2"),
  }),
  fc.record({
    do: fc.constant("the old queue changes" as const),
    messages: fc.integer({ min: 0, max: 1 }),
  }),
  fc.record({
    do: fc.constant("a tick ends in the middle" as const),
    after: fc.integer({ min: 0, max: 30 }),
  }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** A world that checks every update of a mapping as it comes. */
class CheckedWorld extends World {
  private oldQueueEmpty = 0;
  private sedReleased = false;

  async happens(what: Happening): Promise<void> {
    switch (what.do) {
      case "tick":
        return this.checkedTick();
      case "a call of the API fails": {
        const reason = this.workerFails(what.worker);
        if (reason === undefined || what.pauseIsLost) return;
        await this.call({ pause: what.worker, reason });
        return this.checkNow(what.worker);
      }
      case "a call of the API succeeds":
        return this.workerSucceeds(what.worker);
      case "the work path changes":
        this.apiAnswers = what.answers;
        return;
      case "lambda changes":
        this.lambdaIsBusy = what.isBusy;
        return;
      case "disable by hand":
        return this.disableByHand(what.uuid);
      case "enable by hand":
        return this.enableByHand(what.uuid);
      case "the old queue changes":
        this.messages[url("sed")] = what.messages;
        return;
      case "a tick ends in the middle": {
        let effects = 0;
        this.effect = () =>
          effects++ < what.after ? Promise.resolve() : Promise.reject(new Error("timed out"));
        await this.checkedTick().catch(() => undefined);
        this.effect = () => Promise.resolve();
        // A person does nothing in the minute until the next one.
        return this.checkedTick();
      }
    }
  }

  private async checkedTick(): Promise<void> {
    const answers = this.apiAnswers;
    const before = structuredClone(this.breakers);
    const owned = Object.keys(this.mappings).filter((uuid) => this.mapping(uuid).disabledByHand);
    const updates = this.updates.length;
    this.oldQueueEmpty = (this.messages[url("sed")] ?? 0) === 0 ? this.oldQueueEmpty + 1 : 0;
    try {
      await this.tick();
    } finally {
      if (this.oldQueueEmpty > drainedMinutes) this.sedReleased = true;
      for (const { uuid, enabled } of this.updates.slice(updates)) {
        if (enabled !== true) continue;
        expect(owned, "somebody disabled it").to.not.include(uuid);
        if (uuid === "sed-2") expect(this.sedReleased, "the old queue is not empty").to.equal(true);
      }
      for (const [worker, { state }] of Object.entries(this.breakers)) {
        if (state === "half-open" && before[worker]?.state === "open")
          expect(answers, "a trial without an answer").to.equal(true);
      }
    }
    this.checkNow(...Object.keys(workers));
  }

  /** What holds after each call, unless Lambda refuses updates. */
  private checkNow(...called: string[]): void {
    if (this.lambdaIsBusy) return;
    for (const worker of called) {
      const { mappings } = workers[worker]!;
      const { state, mappings: marks } = this.breaker(worker);
      for (const { uuid, maximumConcurrency } of mappings) {
        const live = this.mapping(uuid);
        if (state === "open") expect(live.state, `${uuid} during a pause`).to.equal("Disabled");
        if (marks[uuid] === "limited" && live.state === "Enabled")
          expect(live.maximumConcurrency).to.equal(2);
        if (state === "closed" && live.state === "Enabled" && marks[uuid] === undefined)
          expect(live.maximumConcurrency).to.equal(maximumConcurrency);
      }
    }
  }
}

describe("back-pressure, whatever happens", () => {
  it("delivers nothing during a pause, enables nothing that a person disabled, and begins no trial without an answer", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 60 }), async (happenings) => {
        const world = new CheckedWorld();
        for (const what of happenings) await world.happens(what);
      }),
      { numRuns: 300 },
    );
  });

  it("works again some minutes after the API works again, if no person disabled it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 40 }), async (happenings) => {
        const world = new CheckedWorld();
        for (const what of happenings) await world.happens(what);
        world.lambdaIsBusy = false;
        world.apiAnswers = true;
        world.messages[url("sed")] = 0;
        for (let minute = 0; minute < 12; minute += 1) {
          world.workerSucceeds("asr");
          world.workerSucceeds("sed");
          await world.tick();
        }
        for (const uuid of ["asr-1", "sed-1", "sed-2"]) {
          const { state, disabledByHand } = world.mapping(uuid);
          expect(state, uuid).to.equal(disabledByHand ? "Disabled" : "Enabled");
        }
      }),
      { numRuns: 200 },
    );
  });

  it("is paused after a tick and several pauses at the same time, in any order of their effects", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.constantFrom("closed" as const, "open" as const, "half-open" as const),
        async (scheduler, state) => {
          const world = new World();
          Object.assign(world.breaker("asr"), { state, ticks: 5, since: "2026-11-20T00:00:00Z" });
          if (state !== "closed")
            world.breaker("asr").mappings = { "asr-1": state === "open" ? "disabled" : "limited" };
          if (state === "open") world.mapping("asr-1").state = "Disabled";
          if (state === "half-open") world.workerSucceeds("asr");
          const plain = world.effect;
          world.effect = (name) => scheduler.schedule(Promise.resolve(), name);
          const calls = [
            world.call({ tick: true }),
            world.call({ pause: "asr", reason: "504" }),
            world.call({ tick: true }),
            world.call({ pause: "asr", reason: "504" }),
          ];
          await scheduler.waitFor(Promise.all(calls));
          world.effect = plain;
          const breaker = world.breaker("asr");
          // A tick after both pauses may have begun a trial.
          const expected = breaker.state === "open" ? "Disabled" : "Enabled";
          expect(world.mapping("asr-1").state, breaker.state).to.equal(expected);
          if (state !== "open") expect(breaker.state).to.equal("open");
        },
      ),
      { numRuns: 300 },
    );
  });
});
