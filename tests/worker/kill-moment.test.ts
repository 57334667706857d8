import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { WorkerVariables } from "../../contracts/worker-environment";
import { eventually } from "../support/eventually";
import { QueuePair } from "../support/queue-pair";
import { WorkerBundle, WorkerProcess, workerVariables } from "./worker-process";

/** Says when it has begun, waits until it may end, and counts its ends. */
const program = `
read -r name
echo "$name $RECEIVE_COUNT" >>"$0/begun"
while [ ! -e "$0/go" ]; do sleep 0.01; done
[ "$name" != bad ] || exit 1
echo "$name" >>"$0/ended"
`;

describe("a worker without a database that is killed", function () {
  this.timeout(100_000);
  let bundle: WorkerBundle;
  let folder: string;
  let queues: QueuePair;
  const workers: WorkerProcess[] = [];
  before(async () => (bundle = await WorkerBundle.build()));
  after(() => bundle.remove());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "queuefleet-kill-"));
    queues = await QueuePair.create();
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.end()));
    rmSync(folder, { recursive: true });
  });

  const start = (more: Partial<WorkerVariables> = {}) => {
    const worker = new WorkerProcess(bundle.command, {
      ...workerVariables(queues, {
        // A worker with a free slot polls, and one that is stopped holds what its poll receives.
        WORKER_CONCURRENCY: "1",
        VISIBILITY_TIMEOUT_SECONDS: "3",
        PROCESSOR_COMMAND: JSON.stringify(["sh", "-c", program, folder]),
        ...more,
      }),
      STATE_DIRECTORY: join(folder, "state"),
    });
    workers.push(worker);
    return worker;
  };
  const lines = (name: string) =>
    existsSync(join(folder, name))
      ? readFileSync(join(folder, name), "utf8").trim().split("\n")
      : [];
  const begun = (count: number) =>
    eventually(`${count} have begun`, () => lines("begun").length >= count);
  const letEnd = () => writeFileSync(join(folder, "go"), "");
  const settled = () => eventually("the queue is empty", () => queues.isEmpty());

  it("does not have the work done again that ends just after", async () => {
    await queues.send("good");
    const worker = start();
    await begun(1);
    await worker.end();
    letEnd();
    start();
    await settled();
    expect(lines("ended")).to.deep.equal(["good"]);
    expect(lines("begun")).to.deep.equal(["good 1"]);
  });

  it("does not have the work done again that ends while it is stopped for longer than its lease", async () => {
    await queues.send("good");
    const worker = start();
    await begun(1);
    worker.signal("SIGSTOP");
    letEnd();
    start();
    await settled();
    worker.signal("SIGCONT");
    worker.signal("SIGTERM");
    expect(await worker.exit).to.equal(0);
    expect(lines("ended")).to.deep.equal(["good"]);
  });

  it("counts the starts of a message, and no delivery without one", async () => {
    await queues.send("bad");
    for (let delivery = 0; delivery < 3; delivery += 1) await queues.takeAndGiveBack();
    const worker = start();
    await begun(1);
    await worker.end();
    letEnd();
    start();
    const [letter] = await queues.deadLetters(1);
    expect(lines("begun")).to.deep.equal(["bad 1", "bad 2", "bad 3"]);
    expect(letter?.MessageAttributes?.deadLetterAttempts?.StringValue).to.equal("3");
  });
});
