import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { expect } from "chai";
import type { RecordingMessage } from "../../contracts/watchme";
import { Queue, queueClient } from "../../ops/dlq/queues";
import { newBurst } from "../../ops/load-test/burst";
import { describeResult } from "../../ops/load-test/describe";
import { latencyOf } from "../../ops/load-test/latency";
import { runLoadTest, type LoadTestResult } from "../../ops/load-test/load-test";
import { RunLog } from "../../ops/load-test/run-log";
import { FakeApi } from "../../rehearsal/watchme/fake-api";
import { DeployedOutput } from "./deployed-output";
import { failingCode, FunctionStage, workOn } from "./function-stage";

const recording = (second: number): RecordingMessage => {
  const time = `08-00-${String(second).padStart(2, "0")}`;
  return {
    recordingId: `device-1/2026-11-28/${time}`,
    deviceId: "device-1",
    day: "2026-11-28",
    time,
    bucket: "watchme-vault",
    key: `files/device-1/2026-11-28/${time}/audio.wav`,
  };
};

describe("latency percentiles", () => {
  it("are those of the values, in whatever order they come, and unknown without values", () => {
    const values = Array.from({ length: 101 }, (_, index) => (index * 37) % 101);
    expect(latencyOf(values)).to.deep.equal({ p50: 50, p90: 90, p99: 99, max: 100 });
    expect(latencyOf([2])).to.deep.equal({ p50: 2, p90: 2, p99: 2, max: 2 });
    expect(latencyOf([])).to.equal(undefined);
  });
});

describe("ops load-test", function () {
  this.timeout(120_000);
  let stage: FunctionStage;
  let deployed: DeployedOutput;
  let api: FakeApi;
  const folder = mkdtempSync(join(tmpdir(), "queuefleet-load-test-"));
  before(async () => {
    stage = await FunctionStage.create();
    api = await FakeApi.start({ feature: "asr", workMs: 0 });
    const apiUrl = api.url;
    await stage.worker("orders", [await stage.queue("orders", { maxReceiveCount: 2 })], { apiUrl });
    await stage.worker("ordered", [await stage.queue("ordered", { fifo: true })]);
    await stage.worker("mails", [await stage.queue("mails")], { enabled: false });
    await stage.queue("lonely");
    const deaf = await stage.queue("deaf", { visibilityTimeoutSeconds: 2, maxReceiveCount: 1 });
    const rights = [workOn([deaf])];
    await stage.function("deaf", { text: failingCode }, { rights, timeoutSeconds: 1 });
    await stage.map(deaf.arn, "deaf");
    deployed = new DeployedOutput(stage.account);
    await deployed.deploy(stage.parts);
  });
  after(async () => {
    deployed.close();
    stage.close();
    await api.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const loadTest = (...parameters: string[]) => deployed.ops(["load-test", "dev", ...parameters]);
  const fileOf = (name: string, ...lines: string[]) => {
    const file = join(folder, name);
    writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
    return file;
  };
  const partsOf = (key: string, run: string) => {
    const { url, deadLetter } = stage.queues[key]!;
    const config = stage.account.clientConfig();
    const client = queueClient(config);
    const logs = new CloudWatchLogsClient(config);
    return {
      queue: new Queue(client, url),
      deadLetterQueue: new Queue(client, deadLetter.url),
      log: new RunLog(logs, [`/aws/lambda/shop-${key}`], run, Date.now() - 60_000),
      perSecond: undefined as number | undefined,
      waitMs: 60_000,
      signal: new AbortController().signal,
      progress: () => undefined,
    };
  };

  it("sends test messages, and measures until the last is done", async () => {
    const dry = await loadTest("shop/orders", "--messages", "60", "--dry-run");
    expect(dry.code, dry.stderr).to.equal(0);
    expect(dry.stdout)
      .to.include("shop-orders, where 0 messages wait now")
      .and.include("60 messages in 10 message groups, as fast as it can")
      .and.include("the worker does no work");

    const { code, stdout, stderr } = await loadTest("shop/orders", "--messages", "60", "--yes");
    expect(code, stdout + stderr).to.equal(0);
    expect(stdout).to.match(/sent +60 in \d+\.\d+ s \(\d+ a second\)/);
    expect(stdout).to.match(/done +60/);
    for (const measured of [
      "drained in",
      "latency p50",
      " p90",
      " p99",
      " max",
      "p90 of 10 groups",
    ]) {
      expect(stdout).to.match(new RegExp(`${measured} +\\d+\\.\\d+ s`));
    }
    expect(stdout).to.include("Passed: 60 messages sent, all done without a failed attempt.");
    expect(api.attempts).to.equal(0);
  });

  it("measures a FIFO queue, too; the answer can be JSON", async () => {
    const { code, stdout, stderr } = await loadTest(
      ...["shop-ordered.fifo", "--messages", "25", "--groups", "3", "--yes", "--json"],
    );
    expect(code, stdout + stderr).to.equal(0);
    const result = JSON.parse(stdout) as LoadTestResult;
    expect(result).to.deep.include({
      ...{ environment: "dev", queue: "shop/ordered", messages: 25, isRealWork: false },
      ...{ measuredBy: "logs", done: 25, failedAttempts: 0, unfinished: 0, ok: true },
      deadLettered: { count: 0, seen: 0, mayBeMore: false },
      end: "all ended",
    });
    const { p50 = NaN, p90 = NaN, p99 = NaN, max = NaN } = result.latencySeconds ?? {};
    expect([p50, p90, p99, max]).to.deep.equal([p50, p90, p99, max].toSorted((a, b) => a - b));
    expect(max).to.be.at.most((result.drainedSeconds ?? 0) + 0.001);
    expect(result.groups?.count).to.equal(3);
  });

  it("has real work done for the messages of a file, and counts what fails and is dead-lettered", async () => {
    const wrong = '{"recordingId":7}';
    const lines = [recording(1), recording(2), recording(3)].map((one) => JSON.stringify(one));
    const bodies = fileOf("recordings.jsonl", lines[0]!, wrong, lines[1]!, wrong, lines[2]!);
    const { code, stdout } = await loadTest(
      ...["shop/orders", "--bodies", bodies, "--messages", "4", "--yes"],
    );
    expect(stdout).to.include("REAL WORK").and.include("1 message more of the file is not sent");
    expect(code).to.equal(1);
    expect([...api.accepted.values()].map(({ recording_id }) => recording_id)).to.have.members([
      recording(1).recordingId,
      recording(2).recordingId,
    ]);
    expect(stdout).to.match(/done +2/);
    // Two messages, each with its two attempts.
    expect(stdout).to.match(/failed attempts +4/);
    expect(stdout).to.match(/dead-lettered +2 \(read in shop-orders-dlq: 2\)/);
    expect(stdout).to.match(/not finished +0/);
    expect(stdout).to.match(/Failed attempts +reason *\n *4 +.*recordingId/);
    expect(stdout).to.include("Failed: see the rows above");
    expect(await stage.count(stage.queues.orders!.deadLetter)).to.equal(2);
  });

  it("finds the messages of the run among dead letters when the worker writes nothing about them", async () => {
    const request = { count: 3, groups: 1, bodies: undefined, isFifo: false };
    const earlier = newBurst(request);
    const { queue, deadLetterQueue } = partsOf("deaf", earlier.run);
    await deadLetterQueue.send([...earlier.messages], ({ entry }) => entry);
    const burst = newBurst(request);
    const result = await runLoadTest(burst, partsOf("deaf", burst.run));
    expect(result).to.deep.include({
      ...{ measuredBy: "queue counts", ok: false, unfinished: 0, end: "all ended" },
      deadLettered: { count: 3, seen: 3, mayBeMore: false },
      ...{ latencySeconds: undefined, failedAttempts: undefined, done: undefined },
    });
    expect(await stage.count({ url: queue.url })).to.equal(0);
    expect(await stage.count({ url: deadLetterQueue.url })).to.equal(6);
  });

  it("knows only counts of a worker that does not log the run, and says so", async () => {
    const old = await stage.queue("old");
    await stage.function(
      "old",
      { text: "exports.handler = async () => {};" },
      { rights: [workOn([old])] },
    );
    await stage.map(old.arn, "old");
    const burst = newBurst({ count: 5, groups: 1, bodies: undefined, isFifo: false });
    const result = await runLoadTest(burst, { ...partsOf("old", burst.run), quietMs: 500 });
    expect(result).to.deep.include({
      ...{ measuredBy: "queue counts", end: "nothing more to see", unfinished: 0 },
      ...{ latencySeconds: undefined, failedAttempts: undefined, done: undefined },
    });
    expect(result.drainedSeconds).to.be.within(0, 60);
    const names = { name: "shop-old", deadLetterQueue: "shop-old-dlq", environment: "dev" };
    const told = describeResult(result, { ...names, queue: "shop/old" });
    expect(told)
      .to.match(/latency +not known/)
      .and.include("only the queue's counts are known");
  });

  it("stops sending when it is told to, and counts what was sent", async () => {
    const burst = newBurst({ count: 50, groups: 1, bodies: undefined, isFifo: false });
    const controller = new AbortController();
    const parts = { ...partsOf("lonely", burst.run), perSecond: 10, signal: controller.signal };
    const running = runLoadTest(burst, parts);
    while ((await stage.count(stage.queues.lonely!)) === 0) await new Promise(setImmediate);
    controller.abort();
    const { sent, end, ok, unfinished } = await running;
    expect({ end, ok }).to.deep.equal({ end: "stopped", ok: false });
    expect(sent.count)
      .to.be.within(1, 49)
      .and.equal(await stage.count(stage.queues.lonely!));
    expect(unfinished).to.equal(sent.count);
  });

  it("sends nothing where nothing works", async () => {
    const [paused, alone] = await Promise.all([
      loadTest("shop/mails", "--yes"),
      loadTest("shop/lonely", "--yes"),
    ]);
    expect(paused.code).to.equal(1);
    expect(paused.stderr)
      .to.include("shop-mails is paused")
      .and.include("docs/runbooks/mapping-paused.md");
    expect(await stage.count(stage.queues.mails!)).to.equal(0);
    expect(alone.code).to.equal(2);
    expect(alone.stderr).to.include("neither a function nor a fleet works on shop-lonely");
  });

  it("names the value and the rule of what is wrong, and changes nothing without --yes", async () => {
    const [many, bodies, unknown, unasked] = await Promise.all([
      loadTest("shop/orders", "--messages", "10001"),
      loadTest("shop/orders", "--bodies", fileOf("bad.jsonl", "{}", "{no")),
      loadTest("shop/bakers"),
      loadTest("shop/orders"),
    ]);
    expect([many, bodies, unknown, unasked].map(({ code }) => code)).to.deep.equal([2, 2, 2, 2]);
    expect(many.stderr).to.include("'10001' is invalid").and.include("from 1 to 10000");
    expect(bodies.stderr).to.include(`line 2 is "{no"; every line must be one message in JSON`);
    expect(unknown.stderr).to.include('no queue "bakers"').and.include("shop/orders");
    expect(unasked.stderr).to.include("Nothing was changed").and.include("--yes");
    expect(await stage.count(stage.queues.orders!)).to.equal(0);
  });
});
