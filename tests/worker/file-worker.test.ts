import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { embeddedCloud } from "../support/cloud";
import { eventually } from "../support/eventually";
import { QueuePair } from "../support/queue-pair";
import { uploadEvent } from "./upload-event";
import { WorkerBundle, WorkerProcess, workerVariables } from "./worker-process";

describe("worker process with the file processor", () => {
  let queues: QueuePair;
  let bundle: WorkerBundle;
  let worker: WorkerProcess | undefined;

  before(async () => {
    bundle = await WorkerBundle.build();
  });
  after(() => bundle.remove());
  beforeEach(async () => {
    queues = await QueuePair.create();
  });
  afterEach(() => worker?.end());

  /** Uploads files, tells the worker of them and of one that is gone, and stops it when the queue is empty. */
  const process = async (files: Record<string, string>, gone: string[] = []) => {
    const { databaseUrl } = await embeddedCloud();
    const Name = "/test/database-url";
    const ssm = new SSMClient(queues.account.clientConfig());
    await ssm.send(new PutParameterCommand({ Name, Value: databaseUrl, Type: "SecureString" }));
    const Bucket = `files-${queues.account.accountId}`;
    const s3 = new S3Client({ ...queues.account.clientConfig(), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket }));
    for (const [Key, Body] of Object.entries(files)) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    }
    for (const key of [...Object.keys(files), ...gone]) {
      await queues.send(uploadEvent(Bucket, key));
    }
    const variables = { PROCESSOR: "file", DATABASE_URL_PARAMETER: Name } as const;
    worker = new WorkerProcess(bundle.command, workerVariables(queues, variables));
    await eventually("the queue is empty", () => queues.isEmpty());
    worker.signal("SIGTERM");
    expect(await worker.exit).to.equal(0);
    return worker.lines;
  };

  it("indexes files, and dead-letters a bad one with its reason", async () => {
    const lines = await process({ "議事録.txt": "来週の予定", "broken.pdf": "no pdf at all" });
    const [letter] = await queues.deadLetters(1);
    expect(lines.at(-1)).to.include({ done: 1, deadLettered: 1, released: 0 });
    expect(letter?.MessageAttributes?.deadLetterReason?.StringValue).to.include("broken.pdf");
  });

  it("reports skipped and doubtful files, in its metrics and in its last line", async () => {
    const lines = await process(
      {
        "議事録.txt": "来週の予定",
        "empty.txt": "",
        "folder/": "",
        "blank.txt": " ",
        "open.csv": 'a,b\n"c',
      },
      ["gone.txt"],
    );
    expect(await queues.count(queues.deadLetterQueueUrl)).to.equal(0);
    const metrics = lines.filter((line) => "_aws" in line);
    const total = (name: string) => metrics.reduce((sum, line) => sum + Number(line[name] ?? 0), 0);
    expect(metrics[0]).to.include({ FilesSkipped: 0, DoubtfulTexts: 0 });
    expect(total("FilesProcessed")).to.equal(3);
    expect(total("FilesSkipped")).to.equal(3);
    expect(total("DoubtfulTexts")).to.equal(2);
    // What CloudWatch makes metrics of.
    expect(JSON.stringify(metrics[0]?._aws))
      .to.include('{"Name":"FilesSkipped","Unit":"Count"}')
      .and.include('{"Name":"DoubtfulTexts","Unit":"Count"}');
    expect(lines.at(-1)).to.include({
      msg: "stopped: 6 done, 0 dead-lettered, 0 released; files: 3 skipped, 2 doubtful",
      skipped: 3,
      doubtful: 2,
    });
  });
});
