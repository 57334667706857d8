import { HeadBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { WorkerEnvironment } from "../contracts/worker-environment";
import { orUnavailable } from "./job/aws-unavailable";
import { describeError } from "./job/describe-error";
import { UnavailableError } from "./job/errors";

/** Asks each queue and bucket that the worker needs for something small. Throws an UnavailableError if waiting may help.
 *  Otherwise throws one error with every fault, because no message could be processed. */
export async function reachQueuesAndBuckets(
  environment: WorkerEnvironment,
  sqs: SQSClient,
  s3: S3Client,
  signal: AbortSignal,
): Promise<void> {
  const queue = (name: string, QueueUrl: string) => ({
    what: `${name} ${QueueUrl}`,
    right: "sqs:GetQueueAttributes",
    ask: () =>
      sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }), {
        abortSignal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
      }),
  });
  const checks = [
    queue("the queue", environment.QUEUE_URL),
    queue("the dead-letter queue", environment.DLQ_URL),
    ...(environment.S3_BUCKETS ?? []).map((Bucket) => ({
      what: `the bucket ${Bucket}`,
      right: "s3:ListBucket",
      ask: () => s3.send(new HeadBucketCommand({ Bucket }), { abortSignal: signal }),
    })),
  ];
  const faults = await Promise.all(
    checks.map(async ({ what, right, ask }) => {
      try {
        await ask();
        return undefined;
      } catch (error) {
        return { what, right, error: orUnavailable(what, error) };
      }
    }),
  );
  const found = faults.filter((fault) => fault !== undefined);
  const outage = found.find(({ error }) => error instanceof UnavailableError);
  if (outage !== undefined) throw outage.error;
  if (found.length > 0) {
    const lines = found.map(
      ({ what, right, error }) =>
        `${what}: ${describeError(error)}; it must exist, and the worker's role needs ${right}`,
    );
    throw new Error(lines.join("; "));
  }
}
