import { expect } from "chai";
import { HeldMessage } from "../../../worker/consumer/held-message";
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
    held.wait();
    held.work();
    held.beginJob(job());
    held.endJob();
    held.pause();
    held.wait();
    held.work();
    held.settle();
    held.release();
    held.end();
    expect(held.state).to.deep.equal({ name: "settled" });
  });

  it("ends once", () => {
    const held = arrived();
    held.settle();
    expect(() => held.settle()).to.throw("message m is settling and cannot be settling next");
    held.end();
    expect(() => held.end()).to.throw("message m is settled and cannot be settled next");
  });

  it("is not worked on once it is being settled", () => {
    const held = arrived();
    held.wait();
    held.settle();
    expect(() => held.work()).to.throw("message m is settling and cannot be working next");
    expect(() => held.wait()).to.throw("message m is settling and cannot be waiting next");
    expect(() => held.beginJob(job())).to.throw("a job cannot begin on message m");
  });

  it("has one job at a time", () => {
    const held = arrived();
    held.wait();
    expect(() => held.beginJob(job())).to.throw("while it is waiting");
    held.work();
    held.beginJob(job());
    expect(() => held.beginJob(job())).to.throw("a job cannot begin on message m");
    held.endJob();
    expect(() => held.endJob()).to.throw("a job cannot end on message m");
  });

  it("counts attempts that SQS does not see", () => {
    const held = arrived();
    held.wait();
    held.work();
    expect(held.attempt).to.equal(2);
    held.pause();
    expect(held.attempt).to.equal(3);
  });

  it("loses its lease once, and has a new one when the queue hands it out again", () => {
    const held = arrived();
    expect(held.lease.loseIfOver(999)).to.equal(false);
    expect([held.lease.loseIfOver(1000), held.lease.loseIfOver(1000)]).to.deep.equal([true, false]);
    const again = { ReceiptHandle: "second", Attributes: { ApproximateReceiveCount: "3" } };
    held.adopt(again, 1500, 1000);
    expect([held.lease.isOurs(1600), held.attempt]).to.deep.equal([true, 3]);
    held.lease.extend("first", 2000, 1000);
    expect(held.lease.isOurs(2600)).to.equal(false);
  });
});
