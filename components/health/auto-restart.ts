import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { stateKeys } from "../../contracts/state-table";
import { runbookUrl, type DeployedAlarm } from "../alarms/create-alarm";
import type { Widget } from "../dashboard/widgets";
import { arnOf } from "../deployment";
import type { Described, OutputPart } from "../described";
import { topicFunction } from "../function";
import { allow, type Statement } from "../iam";
import { schedule } from "../schedule";
import { assertAutoRestartArgs, limitsOf, type AutoRestartArgs } from "./auto-restart-arguments";
import { restartDocument } from "./restart-document";
import { settingsVariable, type RestartSettings } from "./restart/settings";

const runbook = "api-restart-gave-up";

/** How long a call that failed is kept. Then its alarm ends, and fires again for the next one. */
const failedCallSeconds = 900;

/** Restarts the container of an API whose work path fails: a few times, then people are told and nothing is restarted. */
export class AutoRestart extends pulumi.ComponentResource implements Described {
  readonly key: string;
  readonly output: OutputPart;
  readonly alarms: DeployedAlarm[];
  readonly widgets: Widget[] = [];

  constructor(name: string, args: AutoRestartArgs, opts?: pulumi.ComponentResourceOptions) {
    assertAutoRestartArgs(name, args);
    super("queuefleet:health:AutoRestart", name, {}, opts);
    const { deployment, functionName, alerting } = args;
    const apis = Object.values(args.apis);
    const documentName = `${functionName}-restart-container`;
    restartDocument(
      `${name}-document`,
      {
        deployment,
        documentName,
        containers: apis.map(({ container }) => container),
        insideUrls: Object.fromEntries(
          apis.flatMap(({ container, insideUrl }) =>
            insideUrl === undefined ? [] : [[container, insideUrl] as const],
          ),
        ),
      },
      this,
    );
    const settings: RestartSettings = {
      apis: Object.fromEntries(
        Object.entries(args.apis).map(([api, { alarm, container, workPath }]) => [
          api,
          { alarm, container, ...(workPath && { workPath }) },
        ]),
      ),
      host: args.host,
      document: documentName,
      limits: limitsOf(args),
    };
    const { bundledFunction, alarm } = topicFunction(
      name,
      {
        deployment,
        functionName,
        entry: join(__dirname, "restart/handler.ts"),
        topics: {
          critical: {
            arn: args.criticalTopic.arn,
            body: { AlarmName: apis.map((api) => api.alarm), NewStateValue: ["ALARM"] },
          },
        },
        timeoutSeconds: 60,
        variables: {
          [settingsVariable]: JSON.stringify(settings),
          STATE_TABLE: args.stateTable.tableName,
          TOPIC_ARN: args.criticalTopic.arn,
          NOTICE_LANGUAGE: alerting.language,
          RUNBOOK_URL: runbookUrl(alerting, runbook),
        },
        rights: { name: "restart", statements: rights(args, documentName) },
        logRetentionDays: args.logRetentionDays,
        retentionSeconds: failedCallSeconds,
        alarm: {
          key: "failed",
          runbook,
          meaning: {
            en: "The automatic restart of the APIs does not work: its calls fail. An API that fails now is not restarted.",
            ja: "APIの自動再起動が動作していません。障害が発生しても再起動されません。",
          },
        },
        alerting,
      },
      this,
    );
    // An alarm that stays on says nothing more.
    schedule(
      `${name}-schedule`,
      {
        deployment,
        scheduleName: functionName,
        expression: "rate(5 minutes)",
        target: bundledFunction,
        input: {},
        description: "Looks whether an API that was restarted still fails.",
      },
      this,
    );
    this.key = name;
    this.output = { functions: { [name]: bundledFunction.output } };
    this.alarms = [alarm];
    this.registerOutputs({ documentName });
  }
}

function rights(args: AutoRestartArgs, documentName: string): Statement[] {
  const { deployment, host, stateTable, criticalTopic } = args;
  return [
    allow(
      "LookAtAlarms",
      ["cloudwatch:DescribeAlarms"],
      arnOf(deployment, "cloudwatch", "alarm:*"),
    ),
    allow("KeepHistory", ["dynamodb:GetItem", "dynamodb:UpdateItem"], stateTable.arn, {
      "ForAllValues:StringEquals": {
        "dynamodb:LeadingKeys": Object.keys(args.apis).map(stateKeys.restarts),
      },
    }),
    allow(
      "RunThisDocument",
      ["ssm:SendCommand"],
      arnOf(deployment, "ssm", `document/${documentName}`),
    ),
    // Source: Systems Manager guide, "Restricting Run Command access based on tags".
    allow("OnTheseHosts", ["ssm:SendCommand"], arnOf(deployment, "ec2", "instance/*"), {
      StringEquals: { [`ssm:resourceTag/${host.tagKey}`]: host.tagValue },
    }),
    // These actions cannot be limited to resources.
    allow("SeeOutcome", ["ssm:ListCommands", "ssm:ListCommandInvocations"], "*"),
    allow("Tell", ["sns:Publish"], criticalTopic.arn),
    allow("TellEncrypted", ["kms:Decrypt", "kms:GenerateDataKey*"], criticalTopic.keyArn),
  ];
}
