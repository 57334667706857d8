import type { PropertyMap } from "../../values/property-value";
import { itLives } from "./lifecycle";
import { startProvider, type ProviderUnderTest } from "./provider-under-test";

describe("provider: SQS", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  const newQueue = async (name: string) => {
    const { QueueUrl = "" } = await under.clients.sqs.createQueue({ QueueName: name });
    const arn = `arn:aws:sqs:ap-northeast-1:${under.account.accountId}:${name}`;
    return { url: QueueUrl, arn };
  };
  const statement = (arn: string, service: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: service },
          Action: ["sqs:SendMessage"],
          Resource: arn,
        },
      ],
    });

  itLives(
    {
      type: "aws:sqs/queue:Queue",
      prepare: () => newQueue("dead-letters"),
      inputs: ({ arn }) => ({
        name: "files",
        visibilityTimeoutSeconds: 900,
        messageRetentionSeconds: 86_400,
        sqsManagedSseEnabled: true,
        redrivePolicy: JSON.stringify({ maxReceiveCount: 3, deadLetterTargetArn: arn }),
        tags: { Project: "files" },
      }),
      outputs: (id) => ({
        url: id,
        arn: `arn:aws:sqs:ap-northeast-1:${under.account.accountId}:files`,
        region: "ap-northeast-1",
        tagsAll: { Project: "files" },
        delaySeconds: 0,
        fifoQueue: false,
      }),
      updates: ({ arn }): PropertyMap[] => [
        { visibilityTimeoutSeconds: 60 },
        { messageRetentionSeconds: 172_800, delaySeconds: 5, receiveWaitTimeSeconds: 20 },
        { maxMessageSize: 2048 },
        { redrivePolicy: JSON.stringify({ maxReceiveCount: 5, deadLetterTargetArn: arn }) },
        { tags: { Project: "files", Environment: "dev" } },
        { tags: null },
        { delaySeconds: null },
      ],
      replacements: [{ name: "other" }, { region: "ap-southeast-2" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:sqs/queuePolicy:QueuePolicy",
      prepare: () => newQueue("with-policy"),
      inputs: ({ url, arn }) => ({
        queueUrl: url ?? "",
        policy: statement(arn ?? "", "s3.amazonaws.com"),
      }),
      updates: ({ arn }) => [{ policy: statement(arn ?? "", "sns.amazonaws.com") }],
      replacements: [{ queueUrl: "http://127.0.0.1/000000000000/other" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:sqs/redrivePolicy:RedrivePolicy",
      prepare: async () => ({
        ...(await newQueue("source")),
        dlq: (await newQueue("source-dlq")).arn,
      }),
      inputs: ({ url, dlq }) => ({
        queueUrl: url ?? "",
        redrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq, maxReceiveCount: 3 }),
      }),
      updates: ({ dlq }) => [
        { redrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq, maxReceiveCount: 4 }) },
      ],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
      prepare: async () => ({
        ...(await newQueue("dlq")),
        source: (await newQueue("its-source")).arn,
      }),
      inputs: ({ url, source }) => ({
        queueUrl: url ?? "",
        redriveAllowPolicy: JSON.stringify({
          redrivePermission: "byQueue",
          sourceQueueArns: [source],
        }),
      }),
      updates: [{ redriveAllowPolicy: JSON.stringify({ redrivePermission: "denyAll" }) }],
    },
    () => under,
  );
});
