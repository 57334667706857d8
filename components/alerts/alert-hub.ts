import * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alarms/alarm-spec";
import type { DeployedAlarm } from "../alarms/create-alarm";
import { alertKey } from "./alert-key";
import { assertAlertHubArgs, type AlertHubArgs } from "./alert-hub-arguments";
import { alertTopic } from "./alert-topic";
import { slackFunction, type SlackNotifier } from "./slack-function";

/** Where alarms go: a topic per severity, from there to e-mail and Slack. */
export class AlertHub extends pulumi.ComponentResource {
  /** Known before anything is deployed, so that policies see every alarm's action in a preview. */
  readonly topics: Record<Severity, string>;

  /** On notices that did not arrive. */
  readonly alarms: DeployedAlarm[];

  /** By what they do. */
  readonly functions: Record<string, SlackNotifier["notifier"]>;

  constructor(name: string, args: AlertHubArgs, opts?: pulumi.ComponentResourceOptions) {
    assertAlertHubArgs(name, args);
    super("queuefleet:alerts:AlertHub", name, {}, opts);
    const { deployment, prefix } = args;
    const key = alertKey(`${name}-key`, deployment, prefix, this);
    const topicOf = (severity: Severity) =>
      alertTopic(
        `${name}-${severity}`,
        { deployment, prefix, severity, kmsKeyArn: key.arn, emails: args.emails[severity] },
        this,
      );
    const topics = { warning: topicOf("warning"), critical: topicOf("critical") };
    this.topics = { warning: topics.warning.arn, critical: topics.critical.arn };
    const slack =
      args.slack === undefined
        ? undefined
        : slackFunction(`${name}-slack`, { ...args, slack: args.slack }, topics, this);
    this.alarms = slack?.alarms ?? [];
    this.functions = slack === undefined ? {} : { "slack-notifier": slack.notifier };
    this.registerOutputs({ topics: this.topics });
  }
}
