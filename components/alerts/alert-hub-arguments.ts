import type { Alerting } from "../alarms/alerting";
import { ArgumentFaults } from "../argument-faults";
import { retentionFault } from "../log-group";
import { parameterName, parameterRule } from "../parameter-name";
import { fitsTag, tagRule, type Deployment } from "../deployment";

export interface AlertHubArgs {
  deployment: Deployment;
  /** What the messages of all alarms say. The hub creates the topics itself. */
  alerting: Omit<Alerting, "topics">;
  /** First part of the physical names: `<prefix>-alerts-critical`, `<prefix>-slack-notifier` … */
  prefix: string;
  /** E-mail addresses by severity. An address that gets critical alarms does not need the warnings too. */
  emails: { warning: string[]; critical: string[] };
  /** If not given, nothing is sent to Slack. */
  slack?: (SlackWebhook | SlackBot) & {
    /** How long the notifier's log is kept. Default 30 days. */
    logRetentionDays?: number;
  };
  /** After how long a message comes again while an incident lasts. Minutes, 15–10,080. Default 240. */
  repeatAfterMinutes?: number;
}

/** One message for the beginning of an incident, one for what comes soon after, one for its end. */
export interface SlackWebhook {
  /** Name of the SSM SecureString that holds the webhook's URL. */
  webhookParameter: string;
}

/** One thread for each incident. Its first message always says how things are. */
export interface SlackBot {
  /** Name of the SSM SecureString that holds the bot's token ("xoxb-…"). It needs the scope `chat:write`. */
  botTokenParameter: string;
  /** Id of the channel ("C0123456789") or its name ("#alerts"). The bot must be a member. */
  channel: string;
}

/** Minutes. */
export const repeatRange = { min: 15, max: 7 * 24 * 60 };

/** An id, or a name as Slack allows it. */
export const slackChannel = /^([CG][A-Z0-9]{8,}|#[\p{Ll}\p{Lo}\p{N}_-]{1,80})$/u;

export const slackChannelRule = 'write an id such as "C0123456789" or a name such as "#alerts"';

export function assertAlertHubArgs(name: string, args: AlertHubArgs): void {
  const faults = new ArgumentFaults(`AlertHub "${name}"`).require(
    /^[\w-]{1,40}$/.test(args.prefix),
    `prefix is "${args.prefix}"; 1 to 40 letters, digits, "-" and "_", because names are built from it`,
  );
  for (const field of ["owner", "runbookBaseUrl"] as const) {
    faults.require(
      fitsTag(args.alerting[field]),
      `alerting.${field} is "${args.alerting[field]}"; it becomes a tag of every alarm, and tags take ${tagRule}`,
    );
  }
  faults.require(
    URL.canParse(args.alerting.runbookBaseUrl),
    `alerting.runbookBaseUrl is "${args.alerting.runbookBaseUrl}"; write the address of the folder of the runbooks`,
  );
  for (const severity of ["warning", "critical"] as const) {
    faults.require(
      new Set(args.emails[severity]).size === args.emails[severity].length,
      `emails.${severity} has an address twice; write it once`,
    );
    for (const address of args.emails[severity]) {
      faults.require(
        /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address),
        `emails.${severity} has "${address}"; write an address such as team@example.com`,
      );
    }
  }
  if (args.slack !== undefined) {
    if ("botTokenParameter" in args.slack) {
      const { botTokenParameter, channel } = args.slack;
      faults
        .text("slack.botTokenParameter", botTokenParameter, parameterName, parameterRule)
        .text("slack.channel", channel, slackChannel, slackChannelRule);
    } else {
      faults.text(
        "slack.webhookParameter",
        args.slack.webhookParameter,
        parameterName,
        parameterRule,
      );
    }
    faults.require(...retentionFault(args.slack.logRetentionDays, "slack.logRetentionDays"));
  }
  faults
    .wholeNumber(
      "repeatAfterMinutes",
      args.repeatAfterMinutes ?? repeatRange.min,
      repeatRange,
      "whole minutes are allowed",
    )
    .require(
      args.slack !== undefined || args.emails.critical.length > 0,
      "emails.critical is empty and slack is not set; nobody would be notified of critical alarms, so set one of them",
    )
    .throwIfAny();
}
