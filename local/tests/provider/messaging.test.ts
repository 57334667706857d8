import { itLives } from "./lifecycle";
import { region, startProvider, type ProviderUnderTest } from "./provider-under-test";

describe("provider: SNS and KMS", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  const newTopic = async (name: string) => {
    const { TopicArn = "" } = await under.clients.sns.createTopic({ Name: name });
    return { topic: TopicArn };
  };
  const allow = (action: string, resource: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "One",
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: action,
          Resource: resource,
        },
      ],
    });

  itLives(
    {
      type: "aws:sns/topic:Topic",
      inputs: { name: "alerts", displayName: "Alerts", tags: { Severity: "warning" } },
      outputs: () => ({
        arn: `arn:aws:sns:${region}:${under.account.accountId}:alerts`,
        tagsAll: { Severity: "warning" },
      }),
      updates: [
        { displayName: "Alarms" },
        { policy: allow("sns:Publish", "*") },
        { kmsMasterKeyId: "alias/aws/sns" },
        { tags: { Severity: "critical", Owner: "files" } },
      ],
      replacements: [{ name: "others" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:sns/topicPolicy:TopicPolicy",
      prepare: () => newTopic("with-policy"),
      inputs: ({ topic = "" }) => ({ arn: topic, policy: allow("sns:Publish", topic) }),
      updates: ({ topic = "" }) => [{ policy: allow("sns:Subscribe", topic) }],
      isNeverGone: true,
    },
    () => under,
  );

  itLives(
    {
      type: "aws:sns/topicSubscription:TopicSubscription",
      prepare: () => newTopic("subscribed"),
      inputs: ({ topic = "" }) => ({
        topic,
        protocol: "sqs",
        endpoint: `arn:aws:sqs:${region}:${under.account.accountId}:inbox`,
      }),
      updates: [
        { rawMessageDelivery: true },
        { filterPolicy: JSON.stringify({ severity: ["critical"] }) },
        { redrivePolicy: JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:x:1:dlq" }) },
      ],
      replacements: [{ protocol: "email", endpoint: "files@example.com" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:kms/key:Key",
      inputs: {
        description: "Alert topics",
        enableKeyRotation: true,
        deletionWindowInDays: 7,
        policy: allow("kms:Decrypt", "*"),
        tags: { Project: "files" },
      },
      outputs: (id) => ({
        keyId: id,
        arn: `arn:aws:kms:${region}:${under.account.accountId}:key/${id}`,
      }),
      updates: [
        { description: "Alerts" },
        { policy: allow("kms:GenerateDataKey", "*") },
        { enableKeyRotation: false },
        { tags: { Project: "other" } },
      ],
      replacements: [{ keyUsage: "SIGN_VERIFY" }],
      importedAs: { deletionWindowInDays: null },
    },
    () => under,
  );

  itLives(
    {
      type: "aws:kms/alias:Alias",
      prepare: async () => {
        const [one, other] = await Promise.all([
          under.clients.kms.createKey({}),
          under.clients.kms.createKey({}),
        ]);
        return { one: one.KeyMetadata?.KeyId ?? "", other: other.KeyMetadata?.KeyId ?? "" };
      },
      inputs: ({ one = "" }) => ({ name: "alias/alerts", targetKeyId: one }),
      outputs: (_id, { one = "" }) => ({
        targetKeyArn: `arn:aws:kms:${region}:${under.account.accountId}:key/${one}`,
      }),
      updates: ({ other = "" }) => [{ targetKeyId: other }],
      replacements: [{ name: "alias/others" }],
    },
    () => under,
  );
});
