import { setTimeout as delay } from "node:timers/promises";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { checkable } from "../../../contracts/function-check";
import type { Severity } from "../../alarms/alarm-spec";
import { logLine, noticeLanguage, requiredVariable } from "../../function/handler-parts";
import { CloudWatchAlarms, type Topics } from "./alarms";
import { BoardTable } from "./board-table";
import type { Channel } from "./channels/channel";
import { mail } from "./channels/mail";
import { Secret } from "./channels/secret";
import { parseBotToken, slackBot } from "./channels/slack-bot";
import { parseWebhook, slackWebhook } from "./channels/slack-webhook";
import { createNotifier } from "./notifier";

const endpoint = process.env.AWS_ENDPOINT_URL;
const topics = JSON.parse(requiredVariable("TOPICS")) as Topics;
// An unreachable table must not use up the time of a call: without it, the notice is sent alone.
const impatient = { requestTimeout: 3000, connectionTimeout: 2000, throwOnRequestTimeout: true };
const dynamo = new DynamoDBClient({ maxAttempts: 3, requestHandler: impatient });
const sns = new SNSClient({});
const ssm = new SSMClient({});

const wait = (ms: number) => delay(ms);

const secret = <T>(Name: string, parse: (text: string, cloud: string | undefined) => T) =>
  new Secret(
    async () => {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
      return Parameter?.Value ?? "";
    },
    (text) => parse(text, endpoint),
  );

function slack(): Channel[] {
  const { SLACK_TOKEN_PARAMETER, WEBHOOK_PARAMETER } = process.env;
  if (SLACK_TOKEN_PARAMETER !== undefined) {
    const options = { channel: requiredVariable("SLACK_CHANNEL"), wait, log: logLine };
    return [slackBot(secret(SLACK_TOKEN_PARAMETER, parseBotToken), options)];
  }
  if (WEBHOOK_PARAMETER === undefined) return [];
  return [slackWebhook(secret(WEBHOOK_PARAMETER, parseWebhook), { wait })];
}

const mailTo = (severity: Severity) =>
  mail(severity, ({ subject, text }) =>
    sns.send(
      new PublishCommand({ TopicArn: topics.alerts[severity], Subject: subject, Message: text }),
    ),
  );

const notify = createNotifier({
  board: new BoardTable(dynamo, requiredVariable("INCIDENT_TABLE"), { log: logLine, wait }),
  alarms: new CloudWatchAlarms(new CloudWatchClient({}), topics),
  channels: [...slack(), mailTo("critical"), mailTo("warning")],
  topics,
  wording: { system: requiredVariable("SYSTEM"), language: noticeLanguage() },
  repeatAfterMinutes: Number(requiredVariable("REPEAT_AFTER_MINUTES")),
  leaseMs: Number(requiredVariable("TIMEOUT_SECONDS")) * 1000,
  now: Date.now,
  log: logLine,
});

/** The Lambda function's entry. */
export const handler = checkable(notify);
