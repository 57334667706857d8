import { join } from "node:path";
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { runbookUrl } from "../alarms/create-alarm";
import { arnOf } from "../deployment";
import { topicFunction } from "../function";
import { allow } from "../iam";
import { releasePreferences } from "./release";
import type { WorkerFleetArgs } from "./worker-fleet-arguments";

/** How long a call that failed is kept. */
const guardRetentionSeconds = 900;

/** The function that rolls a release back when one of its alarms fires. */
export function releaseGuard(
  name: string,
  args: WorkerFleetArgs,
  {
    template,
    stopAlarms,
    hold,
  }: {
    template: aws.ec2.LaunchTemplate;
    stopAlarms: string[];
    /** Name of the SSM parameter with the hold. */
    hold: string;
  },
  parent: pulumi.Resource,
) {
  const { names, deployment, alerting } = args;
  const { arn: topicArn, keyArn } = args.criticalTopic;
  const group = `autoScalingGroup:*:autoScalingGroupName/${names.autoScalingGroup}`;
  const ec2 = (resource: string) => arnOf(deployment, "ec2", resource);
  return topicFunction(
    name,
    {
      deployment,
      functionName: `${names.autoScalingGroup}-release-guard`,
      entry: join(__dirname, "release-guard/handler.ts"),
      topics: {
        critical: { arn: topicArn, body: { AlarmName: stopAlarms, NewStateValue: ["ALARM"] } },
      },
      // Cancelling the release takes up to four minutes.
      timeoutSeconds: 300,
      variables: {
        AUTO_SCALING_GROUP: names.autoScalingGroup,
        LAUNCH_TEMPLATE_ID: template.id,
        WARM_UP_SECONDS: String(releasePreferences(args.release).warmUpSeconds),
        HOLD_PARAMETER: hold,
        ALARMS: JSON.stringify(stopAlarms),
        TOPIC_ARN: topicArn,
        NOTICE_LANGUAGE: alerting.language,
        RUNBOOK_URL: runbookUrl(alerting, "release-rolled-back"),
      },
      rights: {
        name: "release-guard",
        statements: [
          // These actions cannot be limited to resources.
          allow(
            "Look",
            [
              "autoscaling:DescribeAutoScalingGroups",
              "autoscaling:DescribeInstanceRefreshes",
              "ec2:DescribeLaunchTemplateVersions",
            ],
            "*",
          ),
          allow(
            "Refresh",
            ["autoscaling:CancelInstanceRefresh", "autoscaling:StartInstanceRefresh"],
            arnOf(deployment, "autoscaling", group),
          ),
          // Auto Scaling checks with the caller's rights whether the version can be started (a dry run), and
          // then starts it with its own rights. Source: "Control Amazon EC2 launch template usage in Auto
          // Scaling groups".
          allow("StartFromTemplate", ["ec2:RunInstances"], "*", {
            ArnEquals: { "ec2:LaunchTemplate": template.arn },
          }),
          allow("TagWhatStarts", ["ec2:CreateTags"], [ec2("instance/*"), ec2("volume/*")], {
            StringEquals: { "ec2:CreateAction": "RunInstances" },
          }),
          allow(
            "GiveWorkerItsRole",
            ["iam:PassRole"],
            `arn:aws:iam::${deployment.accountId}:role/${names.role}`,
            { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
          ),
          allow(
            "HoldBundle",
            ["ssm:GetParameter", "ssm:PutParameter"],
            arnOf(deployment, "ssm", `parameter${hold}`),
          ),
          allow("Tell", ["sns:Publish"], topicArn),
          allow("TellEncrypted", ["kms:Decrypt", "kms:GenerateDataKey*"], keyArn),
        ],
      },
      logRetentionDays: args.logRetentionDays,
      // An older alarm rolls nothing back any more, and the alarm below must fire again for the next bad release.
      retentionSeconds: guardRetentionSeconds,
      alarm: {
        key: "failed",
        runbook: "release-rolled-back",
        meaning: {
          en: "An alarm of a release fired, but the release guard could not roll the release back: the bad release may still run.",
          ja: "リリースのアラームが発生しましたが、自動での差し戻しに失敗しました。問題のあるリリースが残っている可能性があります。手動で対応してください。",
        },
      },
      alerting,
    },
    parent,
  );
}
