import { expect } from "chai";
import fc from "fast-check";
import { z } from "zod";
import { queueHandler } from "../../../worker/lambda/queue-handler";
import { PermanentError, UnavailableError } from "../../../worker/job/errors";
import { callContext, QueueStage } from "./queue-stage";

const maxReceiveCount = 3;

/** What happens to a record, and whether it can succeed later. */
const outcomes = {
  done: undefined,
  error: () => new Error("no"),
  undefined: () => undefined,
  null: () => null,
  text: () => "no",
  permanent: () => new PermanentError("never"),
  outage: () => new UnavailableError("the API", new Error("gone")),
  invalid: undefined,
} as const;
type Outcome = keyof typeof outcomes;

const records = fc.array(
  fc.record({
    outcome: fc.constantFrom(...(Object.keys(outcomes) as Outcome[])),
    group: fc.constantFrom("a", "b", "c"),
    receiveCount: fc.integer({ min: 1, max: maxReceiveCount }),
  }),
  { minLength: 1, maxLength: 8 },
);
type Planned = { outcome: Outcome; group: string; receiveCount: number };

const isLast = ({ receiveCount }: Planned) => receiveCount === maxReceiveCount;
const isLost = (record: Planned) =>
  isLast(record) || record.outcome === "permanent" || record.outcome === "invalid";

/** Indexes of the records that must fail, and of those whose work must begin. */
function expected(planned: readonly Planned[], isFifo: boolean) {
  const blocked = new Set<string>();
  const failed: number[] = [];
  const begun: number[] = [];
  planned.forEach((record, index) => {
    if (blocked.has(record.group)) {
      failed.push(index);
      return;
    }
    if (record.outcome !== "invalid") begun.push(index);
    const isSentAgain = record.outcome === "outage" && isLast(record) && !isFifo;
    if (record.outcome === "done" || isSentAgain) return;
    failed.push(index);
    if (isFifo && !isLost(record)) blocked.add(record.group);
  });
  return { failed, begun };
}

describe("any batch of a queue", () => {
  for (const isFifo of [false, true]) {
    it(`is answered with exactly the failed records${isFifo ? " and, of a FIFO queue, those behind them in their group, whose order is kept" : ""}`, async () => {
      const stage = await QueueStage.create({ fifo: isFifo });
      let begun: number[] = [];
      let planned: readonly Planned[] = [];
      const handle = queueHandler(
        {
          schema: z.object({ run: z.int(), index: z.int() }),
          workKey: ({ run, index }) => `${run}/${index}`,
          process: async ({ index }) => {
            begun.push(index);
            await Promise.resolve();
            const outcome = planned[index]?.outcome ?? "done";
            const thrown = outcomes[outcome];
            // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is the case
            if (thrown !== undefined) throw thrown();
          },
        },
        stage.tools({ MAX_RECEIVE_COUNT: maxReceiveCount }),
      );
      let run = 0;
      await fc.assert(
        fc.asyncProperty(records, async (batch) => {
          begun = [];
          planned = batch;
          run += 1;
          const Records = batch.map(({ outcome, group, receiveCount }, index) =>
            stage.invented({
              id: String(index),
              body: outcome === "invalid" ? { run } : { run, index },
              ...{ group, receiveCount },
            }),
          );
          const answer = await handle({ Records }, callContext());
          const wanted = expected(batch, isFifo);
          const failed = answer.batchItemFailures.map(({ itemIdentifier }) =>
            Number(itemIdentifier),
          );
          // Of a standard queue all work at once, so they fail in any order.
          expect(isFifo ? failed : failed.sort()).to.deep.equal(wanted.failed);
          expect(isFifo ? begun : begun.sort()).to.deep.equal(wanted.begun);
        }),
        { numRuns: 40 },
      );
      stage.destroy();
    });
  }
});
