import { expect } from "chai";
import { Heartbeat } from "../../../worker/consumer/heartbeat";
import { HeldMessage } from "../../../worker/consumer/held-message";
import type { QueueCalls } from "../../../worker/consumer/queue-calls";
import { Settlement } from "../../../worker/consumer/settlement";
import { HeldClock } from "./held-clock";
import { recordingLog } from "./recording-log";

describe("heartbeats", () => {
  it("asks SQS for no more than the twelve hours it grants, and then loses the lease", async () => {
    const clock = new HeldClock();
    const limit = 12 * 3600 * 1000;
    let lastEnd = 0;
    const changeVisibility = (entries: { seconds: number }[]) => {
      for (const { seconds } of entries) lastEnd = clock.now() + seconds * 1000;
      return Promise.resolve(entries.map(() => undefined));
    };
    const lost: HeldMessage[] = [];
    const heartbeat = new Heartbeat(
      clock,
      { changeVisibility } as unknown as QueueCalls,
      900,
      recordingLog([]),
      (held) => lost.push(held),
      () => undefined,
    );
    const held = new HeldMessage({ MessageId: "m", ReceiptHandle: "r" }, clock.now(), 900_000);
    heartbeat.add(held);
    heartbeat.start();
    for (let minutes = 0; minutes < 12 * 60 + 1; minutes += 1) {
      clock.advance(60_000);
      await new Promise((resolve) => setImmediate(resolve));
      if (clock.now() < limit - 120_000) expect(lost).to.deep.equal([]);
    }
    heartbeat.stop();
    expect(lost).to.deep.equal([held]);
    expect(lastEnd).to.be.within(limit - 120_000, limit);
  });

  it("leaves a message alone that is being given back: a late heartbeat would hide it again", async () => {
    const clock = new HeldClock();
    const asked: number[] = [];
    const calls = {
      changeVisibility: ([entry]: { seconds: number }[]) => {
        asked.push(entry?.seconds ?? -1);
        // What is asked first gets no answer for now.
        return new Promise<undefined[]>((resolve) =>
          clock.after(60_000, () => resolve([undefined])),
        );
      },
    } as unknown as QueueCalls;
    const heartbeat = new Heartbeat(
      clock,
      calls,
      90,
      recordingLog([]),
      () => undefined,
      () => undefined,
    );
    const queues = { sourceName: "jobs", deadLetterUrl: "" };
    const settlement = new Settlement(clock, calls, recordingLog([]), queues, () => 0);
    const held = new HeldMessage({ MessageId: "m", ReceiptHandle: "r" }, clock.now(), 90_000);
    heartbeat.add(held);
    heartbeat.start();
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    held.become("settling");
    const released = settlement.release(held, 0, new AbortController().signal);
    for (let turns = 0; asked.length === 0 && turns < 10; turns += 1) await turn();
    clock.advance(60_000);
    await turn();
    heartbeat.stop();
    expect(await released).to.equal(true);
    expect(asked).to.deep.equal([0]);
  });
});
