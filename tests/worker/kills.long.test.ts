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

  it("lose nothing, dead-letter nothing twice, and repeat only what had just ended", async () => {
    const result = await stage.run();
    expect(result).to.include({ lost: 0, doneAndDeadLettered: 0 });
    // A program that is ended by the guard between its last line and its exit leaves no mark. Ten runs had none of these.
    expect(result.doneAgain).to.be.at.most(2);
    // What the queue accepted in the moment of a kill, before its answer was recorded.
    expect(result.deadLetteredTwice).to.be.at.most(1);
  });
});
