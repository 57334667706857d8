import * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alarms/alarm-spec";
import type { DeployedAlarm } from "../alarms/create-alarm";
import { alertKey } from "./alert-key";
import { assertAlertHubArgs, type AlertHubArgs } from "./alert-hub-arguments";
import { alertTopic } from "./alert-topic";
import type { DeployedFunction } from "../topic-function";
import { slackFunction } from "./slack-function";

/** Where alarms go: a topic per severity, from there to e-mail and Slack. */
export class AlertHub extends pulumi.ComponentResource {
  /** Known before anything is deployed, so that policies see every alarm's action in a preview. */
  readonly topics: Record<Severity, string>;

  /** For what publishes to it or is called by it: known when it is there. */
  readonly criticalTopic: { arn: pulumi.Output<string>; keyArn: pulumi.Output<string> };

  /** On notices that did not arrive. */
  readonly alarms: DeployedAlarm[];

  /** By what they do. */
  readonly functions: Record<string, DeployedFunction>;

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
    this.criticalTopic = { arn: topics.critical.topic.arn, keyArn: key.arn };
    const alerting = { ...args.alerting, topics: this.topics };
    const slack =
      args.slack === undefined
        ? undefined
        : slackFunction(`${name}-slack`, { ...args, slack: args.slack, alerting }, topics, this);
    this.alarms = slack === undefined ? [] : [slack.alarm];
    this.functions = slack === undefined ? {} : { "slack-notifier": slack.deployed };
    this.registerOutputs({ topics: this.topics });
  }
}
