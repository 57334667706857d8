import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import type { WorkerEnvironment } from "../../contracts/worker-environment";
import { UnavailableError } from "../../worker/job/errors";
import { reachQueuesAndBuckets } from "../../worker/reach-queues-and-buckets";
import type { TestAccount } from "../support/cloud";
import { QueuePair } from "../support/queue-pair";

describe("what a worker reaches before it says that it works", () => {
  let account: TestAccount;
  let environment: WorkerEnvironment;
  before(async () => {
    const pair = await QueuePair.create();
    account = pair.account;
    environment = {
      QUEUE_URL: pair.queueUrl,
      DLQ_URL: pair.deadLetterQueueUrl,
    } as WorkerEnvironment;
  });

  /** The error, or undefined. */
  const reach = (over: Partial<WorkerEnvironment> = {}, endpoint?: string) => {
    const config = { ...account.clientConfig(), maxAttempts: 1 };
    if (endpoint !== undefined) config.endpoint = endpoint;
    return reachQueuesAndBuckets(
      { ...environment, ...over },
      new SQSClient(config),
      new S3Client({ ...config, forcePathStyle: true }),
      new AbortController().signal,
    ).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
  };

  it("is both queues and each bucket", async () => {
    expect(await reach()).to.equal(undefined);
  });

  it("ends the start with every fault at once when something does not exist", async () => {
    const missing = `${environment.DLQ_URL}-gone`;
    const error = await reach({ DLQ_URL: missing, S3_BUCKETS: ["no-such-bucket-of-ours"] });
    expect(error).not.to.be.instanceOf(UnavailableError);
    expect(error?.message)
      .to.include(`the dead-letter queue ${missing}`)
      .and.include("sqs:GetQueueAttributes")
      .and.include("the bucket no-such-bucket-of-ours")
      .and.include("s3:ListBucket");
  });

  it("is an outage when the service does not answer: the worker waits", async () => {
    expect(await reach({}, "http://127.0.0.1:9")).to.be.instanceOf(UnavailableError);
  });
});
