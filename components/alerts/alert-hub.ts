import * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alarms/alarm-spec";
import type { Alerting } from "../alarms/alerting";
import type { DeployedAlarm } from "../alarms/create-alarm";
import type { Widget } from "../dashboard/widgets";
import type { Described, OutputPart } from "../described";
import { alertKey } from "./alert-key";
import { assertAlertHubArgs, type AlertHubArgs } from "./alert-hub-arguments";
import { alertTopic } from "./alert-topic";
import { slackFunction } from "./notifier-function";

/** Receives the alarms of a system: one topic per severity, which notifies e-mail addresses and Slack. */
export class AlertHub extends pulumi.ComponentResource implements Described {
  readonly key: string;

  /** What every alarm of the system needs: the hub's topics and the text of the messages. The topic ARNs are
   *  known before anything is deployed, so that policies see every alarm's action in a preview. */
  readonly alerting: Alerting & { topics: Record<Severity, string> };

  /** For resources that publish to the topic or subscribe to it. Known only once the topic exists. */
  readonly criticalTopic: { arn: pulumi.Output<string>; keyArn: pulumi.Output<string> };

  readonly output: OutputPart;

  /** The alarm on notices that did not reach Slack. */
  readonly alarms: DeployedAlarm[];

  readonly widgets: Widget[] = [];

  constructor(name: string, args: AlertHubArgs, opts?: pulumi.ComponentResourceOptions) {
    assertAlertHubArgs(name, args);
    super("queuefleet:alerts:AlertHub", name, {}, opts);
    this.key = name;
    const { deployment, prefix } = args;
    const key = alertKey(`${name}-key`, deployment, prefix, this);
    const topicOf = (severity: Severity) =>
      alertTopic(
        `${name}-${severity}`,
        { deployment, prefix, severity, kmsKeyArn: key.arn, emails: args.emails[severity] },
        this,
      );
    const [warning, critical] = [topicOf("warning"), topicOf("critical")];
    this.alerting = {
      ...args.alerting,
      topics: { warning: warning.arn, critical: critical.arn },
    };
    this.criticalTopic = { arn: critical.topic.arn, keyArn: key.arn };
    const slack =
      args.slack === undefined
        ? undefined
        : slackFunction(
            `${name}-slack`,
            {
              ...args,
              slack: args.slack,
              alerting: this.alerting,
              topicArns: { warning: warning.topic.arn, critical: critical.topic.arn },
            },
            this,
          );
    this.alarms = slack === undefined ? [] : [slack.alarm];
    this.output =
      slack === undefined ? {} : { functions: { "slack-notifier": slack.bundledFunction.output } };
    this.registerOutputs({ topics: this.alerting.topics });
  }
}
