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
  recordProgram(() => {
    const hub = new AlertHub("alerts", { ...args, ...over });
    return { topics: hub.topics, alarmTopics: hub.alerting.topics };
  });

const faultOf = (over: Partial<AlertHubArgs>) =>
  build(over).then(
    () => "",
    (reason: unknown) => (reason as Error).message,
  );

interface Statement {
  Sid: string;
  Action: string[];
  Resource: string | string[];
}
const statements = (text: unknown) =>
  (JSON.parse(text as string) as { Statement: Statement[] }).Statement;

const arnOf = (service: string, name: string) =>
  `arn:aws:${service}:ap-northeast-1:123456789012:${name}`;

describe("AlertHub", () => {
  it("keeps the URNs that deployed stacks already have", async () => {
    const { resources } = await build();
    const prefix = "urn:pulumi:stack::project::queuefleet:alerts:AlertHub";
    expect(resources.map(({ urn }) => urn.slice(prefix.length))).to.have.members([
      "::alerts",
      "$aws:kms/key:Key::alerts-key",
      "$aws:kms/alias:Alias::alerts-key-alias",
      "$aws:sns/topic:Topic::alerts-alarms-warning",
      "$aws:sns/topic:Topic::alerts-alarms-critical",
      "$aws:sns/topic:Topic::alerts-warning",
      "$aws:sns/topic:Topic::alerts-critical",
      "$aws:sns/topicSubscription:TopicSubscription::alerts-critical-team@example.com",
      "$aws:dynamodb/table:Table::alerts-slack-incidents",
      "$aws:sqs/queue:Queue::alerts-slack-dlq",
      "$aws:cloudwatch/logGroup:LogGroup::alerts-slack-logs",
      "$aws:iam/role:Role::alerts-slack-role",
      "$aws:iam/rolePolicy:RolePolicy::alerts-slack-role-policy",
      "$aws:lambda/function:Function::alerts-slack",
      "$aws:lambda/invocation:Invocation::alerts-slack-check",
      "$aws:lambda/alias:Alias::alerts-slack-live",
      "$aws:lambda/permission:Permission::alerts-slack-warning-permission",
      "$aws:lambda/permission:Permission::alerts-slack-critical-permission",
      "$aws:sns/topicSubscription:TopicSubscription::alerts-slack-warning",
      "$aws:sns/topicSubscription:TopicSubscription::alerts-slack-critical",
      "$aws:iam/role:Role::alerts-slack-tick-role",
      "$aws:iam/rolePolicy:RolePolicy::alerts-slack-tick-role-policy",
      "$aws:scheduler/schedule:Schedule::alerts-slack-tick",
      "$aws:cloudwatch/metricAlarm:MetricAlarm::alerts-slack-notices-lost",
      "$aws:cloudwatch/metricAlarm:MetricAlarm::alerts-slack-notices-stopped",
    ]);
  });

  it("keeps the topics to which e-mail addresses have subscribed", async () => {
    const { named } = await build();
    expect(named("alerts-critical", "aws:sns/topic:Topic").inputs.name).to.equal(
      "shop-alerts-critical",
    );
    expect(named("alerts-critical-team@example.com").inputs.topic).to.equal(
      "arn:aws:test:ap-northeast-1:123456789012:alerts-critical",
    );
  });

  it("encrypts topics with a customer-managed key that alarms of this account may use", async () => {
    const { named } = await build();
    for (const name of ["alerts-critical", "alerts-alarms-critical"]) {
      const topic = named(name, "aws:sns/topic:Topic");
      expect(topic.inputs.kmsMasterKeyId).to.equal(
        "arn:aws:test:ap-northeast-1:123456789012:alerts-key",
      );
      const [publish, tls] = statements(topic.inputs.policy).map(({ Sid }) => Sid);
      expect(publish).to.equal("AlarmsPublish");
      expect(tls).to.match(/^DenyWithoutTls/);
    }
    expect(statements(named("alerts-key").inputs.policy)).to.deep.include({
      Sid: "AlarmsPublish",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
    });
  });

  it("knows its topic ARNs before anything is deployed", async () => {
    const { outputs } = await build();
    expect(outputs).to.deep.equal({
      topics: {
        warning: arnOf("sns", "shop-alerts-warning"),
        critical: arnOf("sns", "shop-alerts-critical"),
      },
      alarmTopics: {
        warning: arnOf("sns", "shop-alarms-warning"),
        critical: arnOf("sns", "shop-alarms-critical"),
      },
    });
  });

  it("sends the alarms on the notifier by e-mail without the notifier", async () => {
    const { named } = await build();
    for (const key of ["notices-lost", "notices-stopped"]) {
      const { alarmActions, okActions } = named(`alerts-slack-${key}`).inputs;
      expect([alarmActions, okActions], key).to.deep.equal([
        [arnOf("sns", "shop-alerts-critical")],
        [arnOf("sns", "shop-alerts-critical")],
      ]);
    }
  });

  it("gives the function only the name of the parameter with the secret, and the right to read that one", async () => {
    const bot = { botTokenParameter: "/shop/dev/slack-bot-token", channel: "#alerts" };
    for (const [slack, variables] of [
      [args.slack, { WEBHOOK_PARAMETER: "/shop/dev/slack-webhook-url" }],
      [bot, { SLACK_TOKEN_PARAMETER: bot.botTokenParameter, SLACK_CHANNEL: "#alerts" }],
      [undefined, {}],
    ] as const) {
      const { named } = await build({ slack, repeatAfterMinutes: 60 });
      const { environment } = named("alerts-slack").inputs as {
        environment: { variables: object };
      };
      expect(environment.variables).to.deep.equal({
        ...variables,
        NOTICE_LANGUAGE: "en",
        SYSTEM: "shop dev",
        INCIDENT_TABLE: "shop-incidents",
        TOPICS: JSON.stringify({
          alarms: {
            warning: arnOf("sns", "shop-alarms-warning"),
            critical: arnOf("sns", "shop-alarms-critical"),
          },
          alerts: {
            warning: arnOf("sns", "shop-alerts-warning"),
            critical: arnOf("sns", "shop-alerts-critical"),
          },
        }),
        REPEAT_AFTER_MINUTES: "60",
        TIMEOUT_SECONDS: "150",
      });
      const secrets = statements(named("alerts-slack-role-policy").inputs.policy).filter(
        ({ Action }) => Action.some((action) => action.startsWith("ssm:")),
      );
      expect(secrets.map(({ Resource }) => Resource)).to.deep.equal(
        Object.values(variables)
          .slice(0, 1)
          .map((name) => arnOf("ssm", `parameter${name}`)),
      );
    }
  });

  it("gives the function no more rights than it uses", async () => {
    const { named } = await build();
    const rights = statements(named("alerts-slack-role-policy").inputs.policy);
    const actions = rights.map(({ Action, Resource }) => [Action, Resource]);
    const topics = ["warning", "critical"].map((level) => arnOf("sns", `shop-alerts-${level}`));
    expect(actions).to.deep.equal([
      [["ssm:GetParameter"], arnOf("ssm", "parameter/shop/dev/slack-webhook-url")],
      [["dynamodb:GetItem", "dynamodb:PutItem"], arnOf("dynamodb", "table/shop-incidents")],
      [["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"], "*"],
      [["sns:Publish"], topics],
      [
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        "arn:aws:test:ap-northeast-1:123456789012:alerts-key",
      ],
      [
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        `${arnOf("logs", "log-group:/aws/lambda/shop-slack-notifier")}:*`,
      ],
      [["sqs:SendMessage"], arnOf("sqs", "shop-slack-notifier-dlq")],
    ]);
  });

  it("is called every minute", async () => {
    const { named } = await build();
    expect(named("alerts-slack-tick").inputs).to.deep.include({
      name: "shop-notifier",
      scheduleExpression: "rate(1 minute)",
    });
    const { target } = named("alerts-slack-tick").inputs as { target: { input: string } };
    expect(JSON.parse(target.input)).to.deep.equal({ tick: true });
  });

  it("keeps notices in the dead-letter queue when the function fails or cannot be called", async () => {
    const { named } = await build();
    expect(named("alerts-slack").inputs.deadLetterConfig).to.deep.equal({
      targetArn: arnOf("sqs", "alerts-slack-dlq"),
    });
    for (const severity of ["warning", "critical"]) {
      const subscription = named(
        `alerts-slack-${severity}`,
        "aws:sns/topicSubscription:TopicSubscription",
      );
      expect(subscription.inputs.redrivePolicy).to.equal(
        JSON.stringify({ deadLetterTargetArn: arnOf("sqs", "shop-slack-notifier-dlq") }),
      );
    }
  });

  it("names every fault of its arguments at once", async () => {
    const error = await faultOf({
      prefix: "a b",
      alerting: {
        ...alerting,
        owner: "検索 チーム",
        runbookBaseUrl: "https://wiki.example.com/page?id=1",
      },
      emails: { warning: ["nobody"], critical: [] },
      slack: { webhookParameter: "https://hooks.slack.com/services/T/B/x" },
      repeatAfterMinutes: 5,
    });
    expect(error)
      .to.include('Invalid AlertHub "alerts":')
      .and.include('prefix is "a b"')
      .and.include('emails.warning has "nobody"')
      .and.include(
        'alerting.runbookBaseUrl is "https://wiki.example.com/page?id=1"; it becomes a tag',
      )
      .and.include("slack.webhookParameter is")
      .and.include("repeatAfterMinutes is 5; whole minutes are allowed from 15 to 10080");
    expect(error).to.not.include("alerting.owner");
    expect(await faultOf({ slack: { botTokenParameter: "xoxb-1", channel: "alerts" } }))
      .to.include('slack.botTokenParameter is "xoxb-1"; write a path')
      .and.include('slack.channel is "alerts"; write an id');
    for (const channel of ["C0123456789", "#alerts", "#障害通知"]) {
      const slack = { botTokenParameter: "/shop/dev/slack-bot-token", channel };
      expect(await faultOf({ slack }), channel).to.equal("");
    }
    expect(await faultOf({ emails: { warning: [], critical: [] }, slack: undefined })).to.include(
      "nobody would be notified of critical alarms",
    );
  });
});
