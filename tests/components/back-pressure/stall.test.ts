import { expect } from "chai";
import { StalledSystem, type StallSettings } from "./stall";

const asr: StallSettings = {
  stall: "hangs",
  stallMinutes: 60,
  concurrency: 10,
  messages: 3000,
  maxReceiveCount: 3,
  disablingSeconds: 60,
};
const sedAndSer: StallSettings = { ...asr, concurrency: 2, messages: 600 };
const fifo: StallSettings = { ...sedAndSer, isFifo: true, maxReceiveCount: 10, stallMinutes: 120 };
const stalls = ["hangs", "work hangs, probe answers", "answers 500, probe answers"] as const;

/** Until an hour after the stall. */
async function run(settings: StallSettings) {
  const system = new StalledSystem(settings);
  await system.run(settings.stallMinutes + 60);
  const resumedAfter = (system.workedAgainAt ?? Infinity) / 60 - settings.stallMinutes;
  return { system, resumedAfter };
}

/** The numbers of docs/decisions/0017. */
describe("an API that stalls, with production's numbers", function () {
  this.timeout(60_000);

  for (const stall of stalls) {
    for (const [name, settings] of Object.entries({ asr, "sed and ser": sedAndSer })) {
      it(`${stall} for an hour: nothing of ${name} is dead-lettered or lost, and work resumes within a probe interval and two minutes`, async () => {
        const { system, resumedAfter } = await run({ ...settings, stall });
        expect(system.count("dead")).to.equal(0);
        expect(system.count("done")).to.equal(settings.messages);
        expect(resumedAfter).to.be.at.most(5 + 2);
      });
    }
    it(`${stall} for two hours: nothing of a FIFO queue with ten attempts is dead-lettered or lost`, async () => {
      const { system, resumedAfter } = await run({ ...fifo, stall });
      expect(system.count("dead")).to.equal(0);
      expect(system.count("done")).to.equal(fifo.messages);
      expect(resumedAfter).to.be.at.most(stall === "hangs" ? 5 + 2 : 30 + 2);
    });
  }

  it("uses up at most two attempts of a message while its probe is not answered either", async () => {
    for (const settings of [asr, sedAndSer, fifo]) {
      const { system } = await run(settings);
      expect(system.mostReceives).to.be.at.most(2);
      expect(system.trials).to.equal(0);
    }
  });

  it("would dead-letter messages without back-pressure", async () => {
    const { system } = await run({ ...sedAndSer, hasBackPressure: false });
    expect(system.count("dead")).to.be.greaterThan(50);
  });
});
