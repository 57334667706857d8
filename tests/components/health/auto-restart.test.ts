import { expect } from "chai";
import { alerting } from "../alerting-fixture";
import { buildAutoRestart } from "./auto-restart-fixture";

const arn = (service: string, rest: string) =>
  `arn:aws:${service}:ap-northeast-1:123456789012:${rest}`;

describe("AutoRestart", () => {
  let recording: Awaited<ReturnType<typeof buildAutoRestart>>;
  before(async () => {
    recording = await buildAutoRestart();
  });

  it("keeps the names that deployed stacks already have", () => {
    const type = "queuefleet:health:AutoRestart";
    const under = `urn:pulumi:stack::project::${type}`;
    const own = recording.resources.map(({ urn }) => urn).filter((urn) => urn.includes(type));
    expect(own).to.have.members([
      `${under}::restart`,
      `${under}$aws:ssm/document:Document::restart-document`,
      `${under}$aws:sqs/queue:Queue::restart-dlq`,
      `${under}$aws:cloudwatch/metricAlarm:MetricAlarm::restart-failed`,
      `${under}$aws:cloudwatch/logGroup:LogGroup::restart-logs`,
      `${under}$aws:iam/role:Role::restart-role`,
      `${under}$aws:iam/rolePolicy:RolePolicy::restart-role-policy`,
      `${under}$aws:lambda/function:Function::restart`,
      `${under}$aws:lambda/invocation:Invocation::restart-check`,
      `${under}$aws:lambda/alias:Alias::restart-live`,
      `${under}$aws:lambda/permission:Permission::restart-critical-permission`,
      `${under}$aws:sns/topicSubscription:TopicSubscription::restart-critical`,
      `${under}$aws:iam/role:Role::restart-schedule-role`,
      `${under}$aws:iam/rolePolicy:RolePolicy::restart-schedule-role-policy`,
      `${under}$aws:scheduler/schedule:Schedule::restart-schedule`,
    ]);
  });

  it("is called by the alarms on the work paths, and every five minutes while they stay on", () => {
    const { named } = recording;
    const { inputs } = named("restart-critical", "aws:sns/topicSubscription:TopicSubscription");
    expect(JSON.parse(inputs.filterPolicy as string)).to.deep.equal({
      AlarmName: ["shop-behavior-work-path", "shop-emotion-work-path"],
      NewStateValue: ["ALARM"],
    });
    expect(named("restart-schedule").inputs).to.include({ scheduleExpression: "rate(5 minutes)" });
  });

  it("has the limits by default", () => {
    const { environment } = recording.named("restart", "aws:lambda/function:Function").inputs as {
      environment: { variables: Record<string, string> };
    };
    expect(JSON.parse(String(environment.variables.RESTARTS))).to.deep.equal({
      apis: {
        behavior: { alarm: "shop-behavior-work-path", container: "behavior-api" },
        emotion: { alarm: "shop-emotion-work-path", container: "emotion-api" },
      },
      host: { tagKey: "Role", tagValue: "shop-apis" },
      document: "shop-api-restart-restart-container",
      limits: { cooldownMinutes: 10, tries: 3, windowHours: 6 },
    });
  });

  it("may run this document on the hosts with the tag, and no other command anywhere", () => {
    const { Statement } = JSON.parse(
      recording.named("restart-role-policy").inputs.policy as string,
    ) as { Statement: { Action: string[]; Resource: unknown; Condition?: unknown }[] };
    expect(
      Statement.map(({ Action, Resource, Condition }) => [
        Action.join(" "),
        Resource,
        ...(Condition === undefined ? [] : [Condition]),
      ]),
    ).to.deep.equal([
      ["cloudwatch:DescribeAlarms", arn("cloudwatch", "alarm:*")],
      [
        "dynamodb:GetItem dynamodb:UpdateItem",
        arn("dynamodb", "table/shop-state"),
        {
          "ForAllValues:StringEquals": {
            "dynamodb:LeadingKeys": ["restarts#behavior", "restarts#emotion"],
          },
        },
      ],
      ["ssm:SendCommand", arn("ssm", "document/shop-api-restart-restart-container")],
      [
        "ssm:SendCommand",
        arn("ec2", "instance/*"),
        { StringEquals: { "ssm:resourceTag/Role": "shop-apis" } },
      ],
      ["ssm:ListCommands ssm:ListCommandInvocations", "*"],
      ["sns:Publish", alerting.topics.critical],
      ["kms:Decrypt kms:GenerateDataKey*", "arn:aws:kms:ap-northeast-1:1:key/k"],
      [
        "logs:CreateLogStream logs:PutLogEvents",
        `${arn("logs", "log-group:/aws/lambda/shop-api-restart")}:*`,
      ],
      ["sqs:SendMessage", arn("sqs", "shop-api-restart-dlq")],
    ]);
  });

  it("has a document that takes only these containers", () => {
    const { content } = recording.named("restart-document").inputs as { content: string };
    const { parameters, mainSteps } = JSON.parse(content) as {
      parameters: { container: object };
      mainSteps: { inputs: { runCommand: string[] } }[];
    };
    expect(parameters.container).to.deep.include({
      allowedValues: ["behavior-api", "emotion-api"],
    });
    // Systems Manager would take any other braces for a parameter.
    expect(mainSteps[0]?.inputs.runCommand.join("\n").match(/\{\{.*?\}\}/g)).to.deep.equal([
      "{{ container }}",
    ]);
  });

  it("names every fault of its arguments at once", async () => {
    const error = await buildAutoRestart({
      limits: { cooldownMinutes: 120, tries: 10, windowHours: 1 },
      host: { tagKey: "aws:role", tagValue: "" },
      apis: { "a b": { alarm: "x", container: "a;b", insideUrl: "http://x/'" } },
    }).catch((reason: unknown) => (reason as Error).message);
    expect(error)
      .to.be.a("string")
      .that.includes('Invalid AutoRestart "restart":')
      .and.includes("limits.windowHours is 1; 10 restarts with 120 minutes between them need more")
      .and.includes('host.tagKey is "aws:role"')
      .and.includes('host.tagValue is ""')
      .and.includes('the key of apis.a b is "a b"')
      .and.includes('apis.a b.container is "a;b"')
      .and.includes(`apis.a b.insideUrl is "http://x/'"`);
  });
});
