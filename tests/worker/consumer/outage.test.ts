import { expect } from "chai";
import { HeldMessage } from "../../../worker/consumer/held-message";
import { Outage } from "../../../worker/consumer/outage";
import { UnavailableError } from "../../../worker/job/errors";
import { HeldClock } from "./held-clock";
import { type LogLine, recordingLog } from "./recording-log";

const refused = new UnavailableError("the index's database", new Error("connection refused"));
const held = () => new HeldMessage({ MessageId: "m", ReceiptHandle: "r" }, 0, 60_000);

describe("an outage", () => {
  let clock: HeldClock;
  let lines: LogLine[];
  let ready: number;
  let outage: Outage;

  beforeEach(() => {
    clock = new HeldClock();
    lines = [];
    ready = 0;
    outage = new Outage(clock, recordingLog(lines), () => (ready += 1));
  });

  /** Waits for the next try and has it fail; answers how long it waited, in milliseconds. */
  const failNextTry = (message = held()) => {
    const before = clock.now();
    while (outage.holdsBack) clock.advance(10);
    outage.begins(message);
    expect(outage.holdsBack).to.equal(true);
    outage.meets(message, refused);
    return clock.now() - before;
  };

  it("lets one message at a time try, with pauses that grow up to half a minute", () => {
    // Ten at once met it: one outage, one first pause.
    for (let count = 0; count < 10; count += 1) outage.meets(held(), refused);
    const pauses = Array.from({ length: 8 }, () => failNextTry());
    [1, 2, 4, 8, 16, 30, 30, 30].forEach((seconds, index) =>
      expect(pauses[index]).to.be.within(seconds * 500, seconds * 1000 + 10),
    );
    expect(ready).to.equal(8);
  });

  it("ends with the first try that gets through, and says so once with its duration", () => {
    outage.meets(held(), refused);
    failNextTry();
    while (outage.holdsBack) clock.advance(10);
    const trying = held();
    outage.begins(trying);
    outage.ends(trying, true);
    expect([outage.isOn, outage.holdsBack]).to.deep.equal([false, false]);
    const logged = lines.map(({ level, text }) => `${level}: ${text}`);
    expect(logged).to.have.length(2);
    expect(logged[0]).to.match(
      /^error: the index's database cannot be used: connection refused; messages are kept/,
    );
    expect(logged[1]).to.match(/^info: the outage is over after \d+(\.\d)? s$/);
    clock.advance(60_000);
    expect(outage.isOn).to.equal(false);
  });

  it("does not end by work that began before it, or that came to nothing", () => {
    const earlier = held();
    outage.meets(held(), refused);
    outage.ends(earlier, true);
    expect([outage.isOn, outage.holdsBack]).to.deep.equal([true, true]);
    while (outage.holdsBack) clock.advance(10);
    const noEvent = held();
    outage.begins(noEvent);
    outage.ends(noEvent, false);
    // It says nothing of the outage, so the next may try without a pause.
    expect([outage.isOn, outage.holdsBack]).to.deep.equal([true, false]);
  });

  it("lets another try beside one that takes long", () => {
    outage.meets(held(), refused);
    while (outage.holdsBack) clock.advance(10);
    const long = held();
    outage.begins(long);
    clock.advance(29_000);
    expect(outage.holdsBack).to.equal(true);
    clock.advance(1000);
    expect(outage.holdsBack).to.equal(false);
    outage.begins(held());
    outage.ends(long, true);
    expect(outage.isOn).to.equal(false);
  });

  it("has a message's attempts count that meets outage after outage while others get through", () => {
    const poison = held();
    const kept: boolean[] = [];
    for (let count = 0; count < 6; count += 1) {
      kept.push(outage.meets(poison, refused));
      expect(outage.meets(poison, refused)).to.equal(kept.at(-1));
      while (outage.holdsBack) clock.advance(10);
      const other = held();
      outage.begins(other);
      outage.ends(other, true);
    }
    expect(kept).to.deep.equal([true, true, true, true, true, false]);
  });
});
