import { join } from "node:path";
import { expect } from "chai";
import { deployByHand } from "../../../rehearsal/deploy-by-hand";
import { outOfOrder } from "../../../rehearsal/watchme/acceptance-order";
import { eventually } from "../../support/eventually";
import { failSome } from "./failing-requests";
import { MigratingSystem } from "./migrating-system";
import { plainWorker } from "./plain-worker";
import { devices, RecordingsLoad } from "./recordings-load";

const count = 10_000;
const each = count / devices;

/** Recordings of each device that are sent by the end of a stage. */
const sentBy = { off: 5, switching: 0.2 * each, switched: 0.7 * each, draining: 0.9 * each };

/** Of the run with a plain processor. */
const eachOfPlain = 20;

/** The limit of a wait: what a machine takes that has much else to do. */
const longMs = 900_000;

describe("ten thousand messages through the FIFO migration, while requests fail and the worker is paused", function () {
  this.timeout(2 * longMs);
  let system: MigratingSystem;
  before(async () => (system = await MigratingSystem.create()));
  after(() => system.stop());

  it("loses none, and none of a device comes out of order or twice", async () => {
    const { ser } = system.apis;
    ser.faultOf = failSome;
    await system.deploy("off");
    await system.leaveOutOthers();
    const load = new RecordingsLoad(system, "device");
    await load.sendUpTo(sentBy.off);
    await Promise.all([
      load.sendUpTo(sentBy.switching, { pauseMs: 1000 }),
      system
        .deploy("prepare")
        .then(() => system.deploy("switch"))
        .then(() => load.switched()),
    ]);
    await Promise.all([load.sendUpTo(sentBy.switched), pauseOnce(system)]);
    await Promise.all([load.sendUpTo(sentBy.draining), system.deploy("drain")]);
    await load.sendUpTo(each);
    await eventually("all are accepted", () => ser.accepted.size >= count, longMs);
    // It is refused while a message is in the old pair of queues.
    await system.deploy("done");

    const { accepted, attempts, repeated } = ser;
    console.log(
      `      ${load.sent} recordings, ${load.afterSwitch} of them after the switch, ${load.repeated} notified twice; ${attempts - accepted.size} requests failed`,
    );
    expect(accepted.size, "accepted").to.equal(count);
    expect(await system.deadLetters("ser-v2"), "dead letters").to.equal(0);
    expect(repeated, "accepted before").to.equal(0);
    expect(outOfOrder(accepted.values(), load.firstAfterSwitch)).to.deep.equal([]);
    expect(load.afterSwitch).to.be.above(count / 2);
  });

  it("finds messages out of order if the worker has a plain batch processor", async () => {
    const { ser } = system.apis;
    const code = await plainWorker(join(system.home, "plain"));
    await deployByHand(system.lambda, system.outputs.functions.ser, code);
    const before = ser.accepted.size;
    const load = new RecordingsLoad(system, "plain");
    await load.sendUpTo(eachOfPlain);
    await eventually(
      "all are accepted",
      () => ser.accepted.size - before >= eachOfPlain * devices,
      longMs,
    );
    const accepted = [...ser.accepted.values()].slice(before);
    const wrong = outOfOrder(accepted, load.firstAfterSwitch);
    console.log(`      ${wrong.length} of ${accepted.length} out of order, such as ${wrong[0]}`);
    expect(wrong).to.not.deep.equal([]);
  });
});

/** The API fails until its worker is paused, while the new queue is read. */
async function pauseOnce(system: MigratingSystem): Promise<void> {
  const { ser } = system.apis;
  const stateIs = async (...states: string[]) => {
    const mappings = await system.mappings("ser");
    const ofFifo = mappings.find(({ EventSourceArn = "" }) => EventSourceArn.endsWith(".fifo"));
    return states.includes(ofFifo?.State ?? "");
  };
  await eventually("the new queue is read", () => stateIs("Enabled"), longMs);
  ser.fault = "500";
  await eventually("the worker is paused", () => stateIs("Disabling", "Disabled"), longMs);
  ser.fault = "none";
}
