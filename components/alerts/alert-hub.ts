import * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alarms/alarm-spec";
import type { Alerting } from "../alarms/alerting";
import type { DeployedAlarm } from "../alarms/create-alarm";
import type { Widget } from "../dashboard/widgets";
import type { Described, OutputPart } from "../described";
import { alertKey } from "./alert-key";
import { assertAlertHubArgs, type AlertHubArgs } from "./alert-hub-arguments";
import { alertTopic, type AlertTopic } from "./alert-topic";
import { notifierFunction } from "./notifier-function";

/** Receives the alarms of a system and tells people: one message for each incident, in Slack and by e-mail. Alarms publish to
 *  the topics `…-alarms-…`, which call the notifier. It publishes to the topics `…-alerts-…`, which send e-mails. */
export class AlertHub extends pulumi.ComponentResource implements Described {
  readonly key: string;

  /** What every alarm of the system needs: the hub's topics and the text of the messages. The topic ARNs are
   *  known before anything is deployed, so that policies see every alarm's action in a preview. */
  readonly alerting: Alerting & { topics: Record<Severity, string> };

  /** ARNs of the topics that people and programs outside subscribe to. Known before anything is deployed. */
  readonly topics: Record<Severity, string>;

  /** For resources that publish to the topic of critical alarms, or are called by them. Known only once the topic exists. */
  readonly criticalTopic: { arn: pulumi.Output<string>; keyArn: pulumi.Output<string> };

  readonly output: OutputPart;

  /** The alarms on the notifier itself. */
  readonly alarms: DeployedAlarm[];

  readonly widgets: Widget[] = [];

  constructor(name: string, args: AlertHubArgs, opts?: pulumi.ComponentResourceOptions) {
    assertAlertHubArgs(name, args);
    super("queuefleet:alerts:AlertHub", name, {}, opts);
    this.key = name;
    const { deployment, prefix } = args;
    const key = alertKey(`${name}-key`, deployment, prefix, this);
    const topicsOf = (kind: "alarms" | "alerts"): Record<Severity, AlertTopic> => {
      const topic = (severity: Severity) =>
        alertTopic(
          // The topics with e-mail addresses keep their names: a new subscription is silent until it is confirmed.
          kind === "alerts" ? `${name}-${severity}` : `${name}-alarms-${severity}`,
          {
            deployment,
            prefix,
            kind,
            severity,
            kmsKeyArn: key.arn,
            emails: kind === "alerts" ? args.emails[severity] : [],
          },
          this,
        );
      return { warning: topic("warning"), critical: topic("critical") };
    };
    const topics = { alarms: topicsOf("alarms"), alerts: topicsOf("alerts") };
    const arnsOf = ({ warning, critical }: Record<Severity, AlertTopic>) => ({
      warning: warning.arn,
      critical: critical.arn,
    });
    this.alerting = { ...args.alerting, topics: arnsOf(topics.alarms) };
    this.topics = arnsOf(topics.alerts);
    this.criticalTopic = { arn: topics.alarms.critical.topic.arn, keyArn: key.arn };
    const { bundledFunction, alarms } = notifierFunction(
      // The name is from a time when it served Slack only. Another would replace the function.
      `${name}-slack`,
      {
        ...args,
        topics,
        keyArn: key.arn,
        alerting: { ...args.alerting, topics: this.topics },
      },
      this,
    );
    this.alarms = alarms;
    this.output = { functions: { "slack-notifier": bundledFunction.output } };
    this.registerOutputs({ topics: this.topics });
  }
}
