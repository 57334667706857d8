import { expect } from "chai";
import { RedriveBundle } from "./redrive-process";
import { bodiesOf, RedriveStage } from "./redrive-stage";

interface Moment {
  when: string;
  action: string;
  /** Whether SQS gets the call before the process is killed. */
  taken: boolean;
  /** Whether a standard queue gets messages of the killed call twice. */
  twice: boolean;
}

const moments: Moment[] = [
  { when: "before SQS gets the messages", action: "SendMessageBatch", taken: false, twice: false },
  {
    when: "before it knows that they are sent",
    action: "SendMessageBatch",
    taken: true,
    twice: true,
  },
  { when: "before SQS deletes them", action: "DeleteMessageBatch", taken: false, twice: false },
  {
    when: "before it knows that they are deleted",
    action: "DeleteMessageBatch",
    taken: true,
    twice: false,
  },
  { when: "before it has what it receives", action: "ReceiveMessage", taken: true, twice: false },
];

/** So long a killed run keeps its messages hidden. The next one has more time, on a busy machine. */
const visibilityTimeoutSeconds = 1;
const again = { visibilityTimeoutSeconds: 30 };

/** The first goes alone, and the others are one batch. */
const count = 11;

/** Three groups. */
const letters = Array.from({ length: count }, (_, number) => ({
  group: `group-${number % 3}`,
  body: `${number % 3}-${Math.floor(number / 3)}`,
}));

describe("a redrive that is killed, and run again", function () {
  this.timeout(60_000);
  let bundle: RedriveBundle;
  let stage: RedriveStage;
  before(async () => (bundle = await RedriveBundle.build()));
  after(() => bundle.remove());
  afterEach(() => stage.close());

  const start = () =>
    bundle.start({
      access: { ...stage.queues.account.clientConfig(), endpoint: stage.proxy.endpoint },
      from: stage.queues.deadLetterQueueUrl,
      to: stage.queues.queueUrl,
      recordFile: stage.recordFile,
      visibilityTimeoutSeconds,
    });

  /** The first call of the action is that of the first message, which goes alone: the second one is killed. */
  const killedAt = async ({ action, taken }: Moment): Promise<void> => {
    const first = start();
    let calls = 0;
    stage.proxy.inject(action, Infinity, async (_, forward) => {
      calls += 1;
      if (calls === 1) return forward();
      if (taken) await forward();
      await first.kill();
      return "drop";
    });
    expect(await first.done).to.equal(undefined);
    stage.proxy.clear();
  };

  for (const moment of moments) {
    it(`${moment.when}: a standard queue loses nothing, and what may be twice is counted`, async () => {
      stage = await RedriveStage.create();
      await stage.dead(letters);
      await killedAt(moment);
      const result = await stage.redrive(again);
      expect(result).to.include({ notMoved: 0, movedNotDeleted: 0, heldElsewhere: 0, left: 0 });
      const bodies = bodiesOf(await stage.take());
      expect(new Set(bodies).size).to.equal(count);
      const twice = bodies.length - count;
      expect(twice > 0).to.equal(moment.twice);
      expect(twice).to.be.at.most(result.perhapsTwice);
    });

    it(`${moment.when}: a FIFO queue gets each message once and in its order`, async () => {
      stage = await RedriveStage.create({ fifo: true });
      await stage.dead(letters);
      await killedAt(moment);
      const result = await stage.redrive(again);
      expect(result).to.include({ notMoved: 0, movedNotDeleted: 0, perhapsTwice: 0, left: 0 });
      const bodies = bodiesOf(await stage.take());
      expect(bodies).to.have.length(count);
      for (const group of ["0", "1", "2"]) {
        const expected = letters.map(({ body }) => body).filter((body) => body.startsWith(group));
        expect(bodies.filter((body) => body.startsWith(group))).to.deep.equal(expected);
      }
    });
  }
});
