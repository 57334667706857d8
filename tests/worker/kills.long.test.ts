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
    // What ends in the moment of a kill may be repeated: the worker has not heard of it yet. On a quiet machine that is one
    // or two of the six times eight that run; a busy one needs longer to hear of it. In memory alone it was 17 to 24.
    expect(result.doneAgain).to.be.at.most(16);
    expect(result.deadLetteredTwice).to.be.at.most(1);
  });
});
