import { expect } from "chai";
import { AlertHub, type AlertHubArgs } from "../../../components/alerts";
import { recordProgram } from "../../support/recorded-program";
import { alerting, deployment } from "../alerting-fixture";

const args: AlertHubArgs = {
  deployment,
  alerting,
  prefix: "shop",
  emails: { warning: [], critical: ["team@example.com"] },
  slack: { webhookParameter: "/shop/dev/slack-webhook-url" },
};

const build = (over: Partial<AlertHubArgs> = {}) =>
  recordProgram(() => ({ topics: new AlertHub("alerts", { ...args, ...over }).alerting.topics }));

const json = (text: unknown) => JSON.parse(text as string) as { Statement: { Sid: string }[] };

describe("AlertHub", () => {
  it("keeps the URNs that deployed stacks already have", async () => {
    const { resources } = await build();
    const prefix = "urn:pulumi:stack::project::queuefleet:alerts:AlertHub";
    expect(resources.map(({ urn }) => urn.slice(prefix.length))).to.have.members([
      "::alerts",
      "$aws:kms/key:Key::alerts-key",
      "$aws:kms/alias:Alias::alerts-key-alias",
      "$aws:sns/topic:Topic::alerts-warning",
      "$aws:sns/topic:Topic::alerts-critical",
      "$aws:sns/topicSubscription:TopicSubscription::alerts-critical-team@example.com",
      "$aws:sqs/queue:Queue::alerts-slack-dlq",
      "$aws:cloudwatch/logGroup:LogGroup::alerts-slack-logs",
      "$aws:iam/role:Role::alerts-slack-role",
      "$aws:iam/rolePolicy:RolePolicy::alerts-slack-role-policy",
      "$aws:lambda/function:Function::alerts-slack",
      "$aws:lambda/alias:Alias::alerts-slack-live",
      "$aws:lambda/permission:Permission::alerts-slack-warning-permission",
      "$aws:lambda/permission:Permission::alerts-slack-critical-permission",
      "$aws:sns/topicSubscription:TopicSubscription::alerts-slack-warning",
      "$aws:sns/topicSubscription:TopicSubscription::alerts-slack-critical",
      "$aws:cloudwatch/metricAlarm:MetricAlarm::alerts-slack-notices-lost",
    ]);
  });

  it("encrypts topics with a customer-managed key that alarms of this account may use", async () => {
    const { named } = await build();
    const topic = named("alerts-critical", "aws:sns/topic:Topic");
    expect(topic.inputs.kmsMasterKeyId).to.equal(
      "arn:aws:test:ap-northeast-1:123456789012:alerts-key",
    );
    const key = json(named("alerts-key").inputs.policy);
    expect(key.Statement).to.deep.include({
      Sid: "AlarmsPublish",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
    });
    const [publish, tls] = json(topic.inputs.policy).Statement.map(({ Sid }) => Sid);
    expect(publish).to.equal("AlarmsPublish");
    expect(tls).to.match(/^DenyWithoutTls/);
  });

  it("knows its topic ARNs before anything is deployed", async () => {
    const { outputs } = await build();
    expect(outputs.topics).to.deep.equal({
      warning: "arn:aws:sns:ap-northeast-1:123456789012:shop-alerts-warning",
      critical: "arn:aws:sns:ap-northeast-1:123456789012:shop-alerts-critical",
    });
  });

  it("gives the function only the name of the parameter with the webhook", async () => {
    const { named } = await build();
    expect(named("alerts-slack").inputs.environment).to.deep.equal({
      variables: { WEBHOOK_PARAMETER: "/shop/dev/slack-webhook-url", NOTICE_LANGUAGE: "en" },
    });
  });

  it("keeps notices in the dead-letter queue when the function fails or cannot be called", async () => {
    const { named } = await build();
    const queueArn = "arn:aws:sqs:ap-northeast-1:123456789012:shop-slack-notifier-dlq";
    expect(named("alerts-slack").inputs.deadLetterConfig).to.deep.equal({
      targetArn: "arn:aws:sqs:ap-northeast-1:123456789012:alerts-slack-dlq",
    });
    for (const severity of ["warning", "critical"]) {
      const subscription = named(
        `alerts-slack-${severity}`,
        "aws:sns/topicSubscription:TopicSubscription",
      );
      expect(subscription.inputs.redrivePolicy).to.equal(
        JSON.stringify({ deadLetterTargetArn: queueArn }),
      );
    }
  });

  it("creates no function when only e-mail is configured", async () => {
    const { ofType } = await build({ slack: undefined });
    expect(ofType("aws:lambda/function:Function")).to.deep.equal([]);
    expect(ofType("aws:sns/topicSubscription:TopicSubscription")).to.have.length(1);
  });

  it("names every fault of its arguments at once", async () => {
    const error = await build({
      prefix: "a b",
      alerting: {
        ...alerting,
        owner: "検索 チーム",
        runbookBaseUrl: "https://wiki.example.com/page?id=1",
      },
      emails: { warning: ["nobody"], critical: [] },
      slack: { ...args.slack!, webhookParameter: "https://hooks.slack.com/services/T/B/x" },
    }).then(
      () => "",
      (reason: unknown) => (reason as Error).message,
    );
    expect(error)
      .to.include('Invalid AlertHub "alerts":')
      .and.include('prefix is "a b"')
      .and.include('emails.warning has "nobody"')
      .and.include(
        'alerting.runbookBaseUrl is "https://wiki.example.com/page?id=1"; it becomes a tag',
      )
      .and.include("slack.webhookParameter is");
    expect(error).to.not.include("alerting.owner");
    const noRecipient = await build({
      emails: { warning: [], critical: [] },
      slack: undefined,
    }).then(
      () => "",
      (reason: unknown) => (reason as Error).message,
    );
    expect(noRecipient).to.include("nobody would be notified of critical alarms");
  });
});
