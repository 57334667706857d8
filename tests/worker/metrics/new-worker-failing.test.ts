import { expect } from "chai";
import { newWorkerMinutes, workerMetrics } from "../../../contracts/worker-metrics";
import { EmbeddedMetrics } from "../../../worker/metrics";
import { HeldClock } from "../consumer/held-clock";

/** The metrics of a worker that has just started, and the values that it has reported. */
function newWorker() {
  const clock = new HeldClock();
  const values: number[] = [];
  const metrics = new EmbeddedMetrics("Shop/Worker", "orders", clock, (line) => {
    const value = (JSON.parse(line) as Record<string, number>)[workerMetrics.newWorkerFailing];
    if (value !== undefined) values.push(value);
  });
  metrics.start(15);
  return { clock, metrics, values };
}

describe("the metric NewWorkerFailing", () => {
  it("is 0 from the start, and while files are done", () => {
    const { clock, metrics, values } = newWorker();
    metrics.done({ processed: 1, skipped: 0, doubtful: 0 });
    metrics.attemptFailed();
    clock.advance(15_000);
    expect(values).to.deep.equal([0, 0]);
  });

  it("is 1 at once, and from then on, when the first file is dead-lettered", () => {
    const { clock, metrics, values } = newWorker();
    metrics.deadLettered();
    expect(values).to.deep.equal([0, 1]);
    metrics.deadLettered();
    expect(values).to.deep.equal([0, 1]);
    clock.advance(15_000);
    expect(values).to.deep.equal([0, 1, 1]);
  });

  it("is 1 when more attempts fail than files are done", () => {
    const { metrics, values } = newWorker();
    metrics.done({ processed: 1, skipped: 0, doubtful: 0 });
    metrics.attemptFailed();
    expect(values.at(-1)).to.equal(0);
    metrics.attemptFailed();
    expect(values.at(-1)).to.equal(1);
  });

  it("is 0 again when the files that follow are done", () => {
    const { clock, metrics, values } = newWorker();
    metrics.deadLettered();
    metrics.done({ processed: 3, skipped: 0, doubtful: 0 });
    clock.advance(15_000);
    expect(values).to.deep.equal([0, 1, 0]);
  });

  it("says nothing of a worker that has run for a while: its release is over", () => {
    const { clock, metrics, values } = newWorker();
    clock.advance(newWorkerMinutes * 60_000 + 1);
    const reported = values.length;
    metrics.deadLettered();
    clock.advance(15_000);
    expect(values).to.have.length(reported);
  });
});
