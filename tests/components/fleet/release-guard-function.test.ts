import { expect } from "chai";
import { buildFleet, releasedSha256 } from "./fleet-fixture";

const arn = (service: string, rest: string) =>
  `arn:aws:${service}:ap-northeast-1:123456789012:${rest}`;
const topic = arn("sns", "alerts-critical");
const stopAlarms = [
  "message-delete-failed",
  "release-failing",
  "launch-stuck",
  "worker-silent",
].map((key) => `shop-asg-${key}`);

describe("the release guard's function", () => {
  it("is called for the alarms of the release and for nothing else", async () => {
    const { named } = await buildFleet();
    const { inputs } = named(
      "workers-release-guard-critical",
      "aws:sns/topicSubscription:TopicSubscription",
    );
    expect(inputs).to.include({ topic, protocol: "lambda", filterPolicyScope: "MessageBody" });
    expect(JSON.parse(inputs.filterPolicy as string)).to.deep.equal({
      AlarmName: stopAlarms,
      NewStateValue: ["ALARM"],
    });
    expect(named("workers-release-guard").inputs.environment).to.deep.equal({
      variables: {
        AUTO_SCALING_GROUP: "shop-asg",
        LAUNCH_TEMPLATE_ID: "workers-template-id",
        WARM_UP_SECONDS: "60",
        HOLD_PARAMETER: "/queuefleet/dev/shop/workers/release-hold",
        ALARMS: JSON.stringify(stopAlarms),
        TOPIC_ARN: topic,
        NOTICE_LANGUAGE: "en",
        RUNBOOK_URL: "https://docs.example.com/runbooks/release-rolled-back.md",
      },
    });
  });

  it("may only refresh this group, from this template and with the worker's role", async () => {
    const { named } = await buildFleet();
    const policy = JSON.parse(
      named("workers-release-guard-role-policy").inputs.policy as string,
    ) as { Statement: { Action: string[]; Resource: unknown; Condition?: unknown }[] };
    const granted = policy.Statement.map(({ Action, Resource, Condition }) => [
      Action.join(" "),
      Resource,
      ...(Condition === undefined ? [] : [Condition]),
    ]);
    const name = "shop-asg-release-guard";
    expect(granted).to.deep.equal([
      [
        "autoscaling:DescribeAutoScalingGroups autoscaling:DescribeInstanceRefreshes ec2:DescribeLaunchTemplateVersions",
        "*",
      ],
      [
        "autoscaling:CancelInstanceRefresh autoscaling:StartInstanceRefresh",
        arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/shop-asg"),
      ],
      [
        "ec2:RunInstances",
        "*",
        { ArnEquals: { "ec2:LaunchTemplate": arn("ec2", "launch-template/lt") } },
      ],
      [
        "ec2:CreateTags",
        [arn("ec2", "instance/*"), arn("ec2", "volume/*")],
        { StringEquals: { "ec2:CreateAction": "RunInstances" } },
      ],
      [
        "iam:PassRole",
        "arn:aws:iam::123456789012:role/shop-worker",
        { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
      ],
      [
        "ssm:GetParameter ssm:PutParameter",
        arn("ssm", "parameter/queuefleet/dev/shop/workers/release-hold"),
      ],
      ["sns:Publish", topic],
      ["kms:Decrypt kms:GenerateDataKey*", "arn:aws:kms:ap-northeast-1:1:key/k"],
      [
        "logs:CreateLogStream logs:PutLogEvents",
        `${arn("logs", `log-group:/aws/lambda/${name}`)}:*`,
      ],
      ["sqs:SendMessage", arn("sqs", `${name}-dlq`)],
    ]);
  });

  it("has an alarm that fires when it fails or cannot be called", async () => {
    const { named } = await buildFleet();
    const queueName = "shop-asg-release-guard-dlq";
    expect(named("workers-release-guard-dlq").inputs).to.include({
      name: queueName,
      // Then the alarm ends, and fires again for the next release that the guard cannot roll back.
      messageRetentionSeconds: 900,
    });
    expect(named("workers-release-guard").inputs).to.have.nested.property(
      "deadLetterConfig.targetArn",
    );
    const subscription = named(
      "workers-release-guard-critical",
      "aws:sns/topicSubscription:TopicSubscription",
    );
    expect(subscription.inputs.redrivePolicy).to.equal(
      JSON.stringify({ deadLetterTargetArn: arn("sqs", queueName) }),
    );
    const { inputs } = named("workers-release-guard-failed");
    expect(inputs).to.deep.include({ alarmActions: [topic], dimensions: { QueueName: queueName } });
  });

  it("finds the bundle's hash in the description of each template version", async () => {
    const { named } = await buildFleet();
    expect(named("workers-template").inputs.description).to.equal(`bundle ${releasedSha256()}`);
  });
});
