import { setTimeout as delay } from "node:timers/promises";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { checkable } from "../../../contracts/function-check";
import { logLine, noticeLanguage, requiredVariable } from "../../function/handler-parts";
import { AutoScalingFleet } from "./auto-scaling-fleet";
import { createGuard } from "./guard";
import { HoldParameter } from "./hold-parameter";
import { describeRollback } from "./message";

const group = requiredVariable("AUTO_SCALING_GROUP");
const topic = requiredVariable("TOPIC_ARN");
// Many attempts, because the message is sent only once: if the function is called again, it finds the release
// rolled back and sends nothing.
const sns = new SNSClient({ maxAttempts: 10 });

/** The Lambda function's entry. */
export const handler = checkable(
  createGuard({
    fleet: new AutoScalingFleet(
      { autoScaling: new AutoScalingClient({}), ec2: new EC2Client({}) },
      {
        group,
        template: requiredVariable("LAUNCH_TEMPLATE_ID"),
        warmUpSeconds: Number(requiredVariable("WARM_UP_SECONDS")),
      },
    ),
    holds: new HoldParameter(new SSMClient({}), requiredVariable("HOLD_PARAMETER")),
    alarms: JSON.parse(requiredVariable("ALARMS")) as string[],
    describe: describeRollback({
      group,
      language: noticeLanguage(),
      runbookUrl: requiredVariable("RUNBOOK_URL"),
    }),
    publish: async ({ subject, text }) => {
      await sns.send(new PublishCommand({ TopicArn: topic, Subject: subject, Message: text }));
    },
    wait: (ms) => delay(ms),
    log: logLine,
  }),
);
