import { expect } from "chai";
import { eventually } from "../../support/eventually";
import { serverError } from "../../support/fault-proxy";
import { RedriveBundle } from "./redrive-process";
import { bodiesOf, RedriveStage } from "./redrive-stage";

const count = 3000;
const groups = 50;
const kills = 3;
const failing = 0.05;

/** So long a killed run keeps its messages hidden. */
const visibilityTimeoutSeconds = 5;

const letters = Array.from({ length: count }, (_, number) => ({
  group: `device-${number % groups}`,
  body: `${number % groups} ${Math.floor(number / groups)}`,
}));

describe("a redrive of three thousand messages, killed three times while calls fail", function () {
  this.timeout(600_000);
  let bundle: RedriveBundle;
  let stage: RedriveStage;
  before(async () => (bundle = await RedriveBundle.build()));
  after(() => bundle.remove());
  afterEach(() => stage.close());

  /** Resolves to the bodies in the queue, and to how many of them may be there twice. */
  async function run(fifo: boolean) {
    stage = await RedriveStage.create({ fifo });
    await stage.dead(letters);
    for (const action of ["SendMessageBatch", "DeleteMessageBatch"]) {
      stage.proxy.inject(action, Infinity, (call, forward) =>
        Math.random() < failing ? serverError(call, forward) : forward(),
      );
    }
    const start = () =>
      bundle.start({
        access: { ...stage.queues.account.clientConfig(), endpoint: stage.proxy.endpoint },
        from: stage.queues.deadLetterQueueUrl,
        to: stage.queues.queueUrl,
        recordFile: stage.recordFile,
        visibilityTimeoutSeconds,
      });
    for (let kill = 1; kill <= kills; kill += 1) {
      const process = start();
      const left = count * (1 - kill / (kills + 1));
      await eventually(
        `fewer than ${left} are left`,
        async () => (await stage.left()) < left,
        300_000,
      );
      await process.kill();
    }
    let last = await start().done;
    // On a busy machine, a message may have come back to the queue while the last run still had it.
    for (let more = 0; more < 3 && (await stage.left()) > 0; more += 1) last = await start().done;
    expect(last).to.include({ notMoved: 0, movedNotDeleted: 0, left: 0 });
    return bodiesOf(await stage.take());
  }

  it("loses none; a standard queue has no more twice than were under way", async () => {
    const bodies = await run(false);
    expect(new Set(bodies).size).to.equal(count);
    // Eight batches of ten at each kill, and the batches whose call had no answer.
    const twice = bodies.length - count;
    console.log(`      ${twice} of ${count} came twice`);
    expect(twice).to.be.at.most(kills * 80);
  });

  it("loses none, doubles none and keeps the order on a FIFO queue", async () => {
    const bodies = await run(true);
    expect(bodies).to.have.length(count);
    const last = new Map<string, number>();
    for (const body of bodies) {
      const [group = "", number] = body.split(" ");
      expect(Number(number)).to.equal((last.get(group) ?? -1) + 1);
      last.set(group, Number(number));
    }
  });
});
