import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  createReadStream,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { WorkerVariables } from "../../contracts/worker-environment";
import { embeddedCloud } from "../support/cloud";
import { eventually } from "../support/eventually";
import { QueuePair } from "../support/queue-pair";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { uploadEvent } from "./upload-event";
import { WorkerBundle, WorkerProcess, workerVariables } from "./worker-process";

/** A program that writes what it is given into a file, and ends as its input says; a "held" input ends
 *  when the second file is there. */
const program = `
const fs = require("node:fs");
const [file, go] = process.argv.slice(1);
const body = fs.readFileSync(0, "utf8");
const note = (what) => fs.appendFileSync(file, JSON.stringify({ what, body, id: process.env.MESSAGE_ID,
  environment: process.env, content: process.env.FILE_PATH && fs.readFileSync(process.env.FILE_PATH, "utf8") }) + "\\n");
note("begin");
const end = () => {
  if (body === "bad") { console.error("cannot read this"); process.exit(65); }
  if (body === "crash") process.exit(3);
  note("end");
};
const isHeld = () => body.startsWith("held") && !fs.existsSync(go);
const wait = () => (isHeld() ? setTimeout(wait, 20) : end());
wait();
`;

interface Note {
  what: "begin" | "end";
  body: string;
  id: string;
  environment: Record<string, string>;
  content?: string;
}

describe("worker process", () => {
  let queues: QueuePair;
  let folder: string;
  let file: string;
  let command: string;
  let bundle: WorkerBundle;
  const workers: WorkerProcess[] = [];

  /** What is held ends when the folder has a file of that name. */
  const programUntil = (go: string) =>
    JSON.stringify([process.execPath, "-e", program, file, join(folder, go)]);
  const run = (
    environment: Record<string, string | undefined>,
    program: [string, ...string[]] = bundle.command,
  ) => {
    const worker = new WorkerProcess(program, environment);
    workers.push(worker);
    return worker;
  };
  const start = (
    variables: Partial<WorkerVariables>,
    more: Record<string, string | undefined> = {},
  ) => run({ ...workerVariables(queues, variables), ...more });
  const notes = () =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Note);
  const bodies = (what: Note["what"]) =>
    notes()
      .filter((note) => note.what === what)
      .map(({ body }) => body);

  before(async () => {
    bundle = await WorkerBundle.build();
  });
  after(() => bundle.remove());
  beforeEach(async () => {
    queues = await QueuePair.create();
    folder = mkdtempSync(join(tmpdir(), "queuefleet-test-"));
    file = join(folder, "notes");
    appendFileSync(file, "");
    command = programUntil("go");
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.end()));
    rmSync(folder, { recursive: true, force: true });
  });

  it("names every fault of its environment at once and exits with 2", async () => {
    const worker = run({
      AWS_REGION: "ap-northeast-1",
      WORKER_CONCURRENCY: "many",
      PROCESSOR: "command",
    });
    expect(await worker.exit).to.equal(2);
    expect(worker.stderr).to.match(/QUEUE_URL is not set/);
    expect(worker.stderr).to.match(/WORKER_CONCURRENCY is "many": must be a whole number/);
    expect(worker.stderr).to.match(/PROCESSOR_COMMAND is needed when PROCESSOR is command/);
    expect(worker.lines).to.deep.equal([]);
  });

  it("refuses a queue as its own dead-letter queue, where a dead-lettered message would be redelivered endlessly", async () => {
    const { queueUrl } = queues;
    const worker = start({ PROCESSOR_COMMAND: command, DLQ_URL: queueUrl });
    expect(await worker.exit).to.equal(2);
    expect(worker.stderr).to.match(/DLQ_URL is ".*": must be another queue than QUEUE_URL/);
  });

  it("runs the program once per message, by its exit code, and logs at the end how each message ended", async () => {
    for (const body of ["one", "bad", "crash", "two"]) await queues.send(body);
    const worker = start({ PROCESSOR_COMMAND: command }, { DATABASE_PASSWORD: "worker's own" });
    const letters = await queues.deadLetters(2);
    await eventually("the queue is empty", () => queues.isEmpty());
    worker.signal("SIGTERM");
    expect(await worker.exit).to.equal(0);

    expect(bodies("end")).to.have.members(["one", "two"]);
    expect(bodies("begin").filter((body) => body === "bad")).to.have.length(1);
    expect(bodies("begin").filter((body) => body === "crash")).to.have.length(3);
    const reasons = new Map(
      letters.map(({ Body, MessageAttributes }) => [
        Body,
        MessageAttributes?.deadLetterReason?.StringValue,
      ]),
    );
    expect(reasons.get("bad")).to.equal(
      "the program refused the input (exit code 65): cannot read this",
    );
    expect(reasons.get("crash")).to.match(/failed 3 times.*exit code 3/);
    const { msg, released, ...ends } = worker.lines.at(-1) ?? {};
    expect(ends).to.include({ done: 2, deadLettered: 2, leaseLost: 0, unsettled: 0 });
    // The two attempts before the last one on "crash" were given back. The queue may deliver the message again before it
    // answers that it was given back; the worker then has not let go of it, and does not count it.
    expect(released).to.be.oneOf([0, 1, 2]);
    expect(msg).to.equal(`stopped: 2 done, 2 dead-lettered, ${Number(released)} released`);
    const [first] = notes();
    expect(first?.environment).to.include.keys("MESSAGE_ID", "RECEIVE_COUNT", "PATH");
    expect(
      Object.keys(first?.environment ?? {}).filter((name) => /AWS|DATABASE|QUEUE/.test(name)),
    ).to.deep.equal([]);
  });

  it("stops in order when npm, which runs it, gets the signal to stop", async () => {
    const variables = workerVariables(queues, { PROCESSOR_COMMAND: command });
    const worker = run(variables, ["npm", "run", "--silent", "worker"]);
    await eventually("it has started", () => worker.logged(/^worker started/).length === 1);
    worker.signal("SIGTERM");
    // Closes when nothing writes to its standard output any more.
    await worker.exit;
    expect(worker.lines.at(-1)?.msg).to.match(/^stopped: 0 done/);
  });

  it("reports metrics from its first second on, zero failed deletes included", async () => {
    await queues.send("one");
    const worker = start({ PROCESSOR_COMMAND: command });
    await eventually("the queue is empty", () => queues.isEmpty());
    worker.signal("SIGTERM");
    await worker.exit;
    const metrics = worker.lines.filter((line) => "_aws" in line);
    expect(metrics[0]).to.include({ QueueName: "jobs", MessageDeleteFailed: 0, FilesProcessed: 0 });
    const total = (name: string) => metrics.reduce((sum, line) => sum + Number(line[name] ?? 0), 0);
    expect(total("FilesProcessed")).to.equal(1);
    const values = (name: string) => metrics.flatMap((line) => (line[name] ?? []) as number[]);
    expect(values("ProcessingSeconds")).to.have.length(1);
    expect(values("IndexingLagSeconds")).to.have.length(1);
    expect(metrics[0]?._aws).to.have.nested.property(
      "CloudWatchMetrics[0].Namespace",
      "Test/Worker",
    );
  });

  it("hands the program the object of an S3 event, and drops S3's test event", async () => {
    const { accountId } = queues.account;
    const bucket = `files-${accountId}`;
    const s3 = new S3Client({ ...queues.account.clientConfig(), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const key = "報告書/二〇二六 年+度.txt";
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: "中身" }));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "gone", Body: "x" }));
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "gone" }));
    await queues.send(
      JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: bucket }),
    );
    await queues.send(uploadEvent(bucket, key));
    await queues.send(uploadEvent(bucket, "gone"));
    const worker = start({ PROCESSOR_COMMAND: command });
    const [letter] = await queues.deadLetters(1);
    await eventually("the queue is empty", () => queues.isEmpty());
    worker.signal("SIGTERM");
    expect(await worker.exit).to.equal(0);

    expect(letter?.MessageAttributes?.deadLetterReason?.StringValue).to.match(/object is gone/);
    const [note, ...others] = notes().filter(({ what }) => what === "end");
    expect(others).to.deep.equal([]);
    expect(note?.content).to.equal("中身");
    expect(note?.environment).to.include({ S3_BUCKET: bucket, S3_KEY: key });
    expect(note?.environment.FILE_PATH).to.match(/二〇二六 年\+度\.txt$/);
  });

  it("finds S3 at an endpoint that has a name of its own", async () => {
    const { accountId } = queues.account;
    const { endpoint } = queues.account.clientConfig();
    const bucket = `files-${accountId}`;
    const s3 = new S3Client({ ...queues.account.clientConfig(), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a.txt", Body: "content" }));
    await queues.send(uploadEvent(bucket, "a.txt"));
    const worker = start(
      { PROCESSOR_COMMAND: command },
      {
        AWS_ENDPOINT_URL: undefined,
        AWS_ENDPOINT_URL_SQS: endpoint,
        AWS_ENDPOINT_URL_S3: endpoint.replace("127.0.0.1", "localhost"),
      },
    );
    await eventually("the queue is empty", () => queues.isEmpty());
    worker.signal("SIGTERM");
    await worker.exit;
    expect(notes().map(({ content }) => content)).to.deep.equal(["content", "content"]);
  });

  it("ends what a program leaves behind, so that the next attempt runs alone", async () => {
    await queues.send("job");
    const pipe = join(folder, "pipe");
    spawnSync("sh", ["-c", 'mkfifo "$0"', pipe]);
    const content = text(createReadStream(pipe));
    // The loop in the background keeps the pipe open when the program has ended.
    const script = `exec 3> "$0"; (while true; do sleep 0.1; done) >&3 2>&1 & echo begun >&3; exit 3`;
    const worker = start({
      PROCESSOR_COMMAND: JSON.stringify(["sh", "-c", script, pipe]),
      MAX_RECEIVE_COUNT: "1",
    });
    // Ends when no process has the pipe open any more.
    expect(await content).to.equal("begun\n");
    const [letter] = await queues.deadLetters(1);
    expect(letter?.MessageAttributes?.deadLetterReason?.StringValue).to.match(/exit code 3/);
    worker.signal("SIGTERM");
    await worker.exit;
  });

  it("is followed by its programs, and by what these have started, when it is killed", async () => {
    await queues.send("job");
    const pipe = join(folder, "pipe");
    spawnSync("sh", ["-c", 'mkfifo "$0"', pipe]);
    const content = text(createReadStream(pipe));
    // The program waits for its child, and both keep the pipe open.
    const script = `exec 3> "$0"; (while true; do sleep 0.1; done) >&3 2>&1 & touch "$0.begun"; echo begun >&3; wait`;
    const worker = start({ PROCESSOR_COMMAND: JSON.stringify(["sh", "-c", script, pipe]) });
    await eventually("it works", () => existsSync(`${pipe}.begun`));
    worker.signal("SIGKILL");
    await worker.exit;
    // Ends when no process has the pipe open any more.
    expect(await content).to.equal("begun\n");
  });

  it("loses nothing and finishes nothing twice when it is killed in the middle of work", async () => {
    const { databaseUrl } = await embeddedCloud();
    const ssm = new SSMClient(queues.account.clientConfig());
    const Name = "/test/database-url";
    await ssm.send(new PutParameterCommand({ Name, Value: databaseUrl, Type: "SecureString" }));
    const all = ["held 1", "held 2", "held 3", "held 4", "quick 1", "quick 2"];
    for (const body of all.slice(0, 2)) await queues.send(body);
    // A lease that runs out costs an attempt.
    const variables = { DATABASE_URL_PARAMETER: Name, MAX_RECEIVE_COUNT: "100" };

    const first = start({
      ...variables,
      PROCESSOR_COMMAND: programUntil("never"),
      // What it holds comes back when this is over.
      VISIBILITY_TIMEOUT_SECONDS: "2",
    });
    await eventually("two are under way", () => bodies("begin").length >= 2);
    for (const body of all.slice(2)) await queues.send(body);
    first.signal("SIGKILL");
    await first.exit;

    appendFileSync(join(folder, "go"), "");
    const second = start({ ...variables, PROCESSOR_COMMAND: command });
    await eventually("the queue is empty", () => queues.isEmpty());
    second.signal("SIGTERM");
    expect(await second.exit).to.equal(0);
    expect(bodies("end").sort()).to.deep.equal(all.sort());
    expect(await queues.count(queues.deadLetterQueueUrl)).to.equal(0);
  });

  it("stops at once on the second SIGTERM: the program ends and its message is released", async () => {
    await queues.send("held");
    // The program would never end, and the grace is longer than a test may take.
    const worker = start({ PROCESSOR_COMMAND: command, SHUTDOWN_GRACE_SECONDS: "3600" });
    await eventually("it works", () => bodies("begin").length === 1);
    worker.signal("SIGTERM");
    await eventually("it logs that it stops", () => worker.logged(/^stopping$/).length === 1);
    worker.signal("SIGTERM");
    expect(await worker.exit).to.equal(0);
    expect(worker.lines.at(-1)).to.include({ done: 0, released: 1 });
    expect(bodies("end")).to.deep.equal([]);
    expect(await queues.count()).to.equal(1);
  });
});
