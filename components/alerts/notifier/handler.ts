import { setTimeout as delay } from "node:timers/promises";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { checkable } from "../../../contracts/function-check";
import { logLine, noticeLanguage, requiredVariable } from "../../function/handler-parts";
import { createNotifier } from "./notifier";
import { Webhook } from "./webhook";

const parameter = requiredVariable("WEBHOOK_PARAMETER");
const cloudWatch = new CloudWatchClient({});
const ssm = new SSMClient({});

const notify = createNotifier({
  webhook: new Webhook(async () => {
    const { Parameter } = await ssm.send(
      new GetParameterCommand({ Name: parameter, WithDecryption: true }),
    );
    return Parameter?.Value ?? "";
  }, process.env.AWS_ENDPOINT_URL),
  readAlarm: async (name) => {
    const { MetricAlarms } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [name] }),
    );
    const [alarm] = MetricAlarms ?? [];
    return (
      alarm && {
        state: alarm.StateValue,
        comparison: alarm.ComparisonOperator,
        threshold: alarm.Threshold,
      }
    );
  },
  wait: (ms) => delay(ms),
  language: noticeLanguage(),
  log: logLine,
});

/** The Lambda function's entry. */
export const handler = checkable(notify);
