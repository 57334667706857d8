import { expect } from "chai";
import { KillStage } from "./kill-stage";
import { WorkerBundle } from "./worker-process";

describe("workers without a database that are killed again and again", function () {
  this.timeout(300_000);
  let bundle: WorkerBundle;
  let stage: KillStage;
  before(async () => {
    bundle = await WorkerBundle.build();
    stage = await KillStage.create(bundle);
  });
  after(async () => {
    await stage.dispose();
    bundle.remove();
  });

  it("lose nothing, finish nothing twice, and dead-letter twice only what was on its way", async () => {
    const result = await stage.run();
    expect(result).to.include({ lost: 0, doneAndDeadLettered: 0 });
    // A program that is ended by the guard between its last line and its exit leaves no mark. Ten runs had none of these.
    expect(result.doneAgain).to.be.at.most(2);
    // What the queue accepts in the moment of a kill, before its answer is recorded, is sent again: a loss is worse. A busy
    // queue takes long to answer, so each of the six kills may meet one.
    expect(result.deadLetteredTwice).to.be.at.most(6);
  });
});
