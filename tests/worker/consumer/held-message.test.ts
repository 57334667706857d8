import { expect } from "chai";
import { HeldMessage, type HeldState } from "../../../worker/consumer/held-message";
import { RunningJob } from "../../../worker/consumer/running-job";
import { recordingLog } from "./recording-log";

const arrived = () =>
  new HeldMessage(
    { MessageId: "m", ReceiptHandle: "first", Attributes: { ApproximateReceiveCount: "2" } },
    0,
    1000,
  );
const job = () => new RunningJob("m", 1, 3, recordingLog([]));

describe("a held message", () => {
  it("passes from its arrival through work and pauses to its end", () => {
    const held = arrived();
    held.become("waiting");
    held.become("working");
    held.beginJob(job());
    held.endJob();
    for (const state of ["pausing", "waiting", "working", "settling", "releasing", "settled"]) {
      held.become(state as HeldState);
    }
    expect(held.state).to.equal("settled");
  });

  it("ends once", () => {
    const held = arrived();
    held.become("settling");
    expect(() => held.become("settling")).to.throw("m is settling; it cannot be settling now");
    held.become("settled");
    expect(() => held.become("settled")).to.throw("m is settled; it cannot be settled now");
  });

  it("is not worked on once it is being settled", () => {
    const held = arrived();
    held.become("waiting");
    held.become("settling");
    expect(() => held.become("working")).to.throw("cannot be working now");
    expect(() => held.become("waiting")).to.throw("cannot be waiting now");
    expect(() => held.beginJob(job())).to.throw("cannot be given a job now");
  });

  it("has one job at a time, and stays where it is until the job has ended", () => {
    const held = arrived();
    held.become("waiting");
    expect(() => held.beginJob(job())).to.throw("m is waiting; it cannot be given a job now");
    held.become("working");
    held.beginJob(job());
    expect(() => held.beginJob(job())).to.throw("working with a job; it cannot be given a job");
    expect(() => held.become("settling")).to.throw("working with a job; it cannot be settling now");
    held.endJob();
    held.become("settling");
  });

  it("counts attempts that SQS does not see", () => {
    const held = arrived();
    held.become("waiting");
    held.become("working");
    expect(held.attempt).to.equal(2);
    held.become("pausing");
    expect(held.attempt).to.equal(3);
  });

  it("loses its lease once, and has a new one when the queue hands it out again", () => {
    const held = arrived();
    expect(held.lease.loseIfOver(999)).to.equal(false);
    expect([held.lease.loseIfOver(1000), held.lease.loseIfOver(1000)]).to.deep.equal([true, false]);
    const again = { ReceiptHandle: "second", Attributes: { ApproximateReceiveCount: "3" } };
    held.adopt(again, 1500, 1000);
    // The work goes on: it is no further attempt.
    expect([held.lease.isOurs(1600), held.attempt]).to.deep.equal([true, 2]);
    held.lease.extend("first", 2000, 1000);
    expect(held.lease.isOurs(2600)).to.equal(false);
  });
});
