import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { checkable } from "../../../contracts/function-check";
import { logLine, noticeLanguage, requiredVariable } from "../../function/handler-parts";
import { askApi } from "../ask-api";
import { ContainerCommand } from "./container-command";
import { HistoryTable } from "./history-table";
import { describeGaveUp } from "./message";
import { createRestarts } from "./restarts";
import { restartSettingsSchema, settingsVariable } from "./settings";

const { apis, host, document, limits } = restartSettingsSchema.parse(
  JSON.parse(requiredVariable(settingsVariable)),
);
const topic = requiredVariable("TOPIC_ARN");
const cloudWatch = new CloudWatchClient({});
const sns = new SNSClient({});
const command = new ContainerCommand(new SSMClient({ maxAttempts: 5 }), document, host);
const describe = describeGaveUp({
  language: noticeLanguage(),
  runbookUrl: requiredVariable("RUNBOOK_URL"),
});

/** The Lambda function's entry. An alarm calls it and a schedule; both times it looks at all APIs. */
export const handler = checkable(
  createRestarts({
    apis,
    limits,
    histories: new HistoryTable(new DynamoDBClient({}), requiredVariable("STATE_TABLE")),
    alarmStates: async (names) => {
      const states: Record<string, string> = {};
      const pages = paginateDescribeAlarms({ client: cloudWatch }, { AlarmNames: names });
      for await (const { MetricAlarms = [] } of pages) {
        for (const { AlarmName = "", StateValue = "" } of MetricAlarms)
          states[AlarmName] = StateValue;
      }
      return states;
    },
    ask: askApi,
    restart: (container) => command.send(container),
    outcomeOf: (commandId) => command.outcomeOf(commandId),
    publish: async (gaveUp) => {
      const { subject, text } = describe(gaveUp);
      await sns.send(new PublishCommand({ TopicArn: topic, Subject: subject, Message: text }));
    },
    log: logLine,
    now: () => new Date(),
  }),
);
