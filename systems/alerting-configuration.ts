import { z } from "zod";
import {
  repeatRange,
  slackChannel,
  slackChannelRule,
  type AlertHubArgs,
} from "../components/alerts/alert-hub-arguments";
import { fitsTag, tagRule } from "../components/deployment";
import { parameterName, parameterRule } from "../components/parameter-name";
import { wholeNumber } from "./configuration";

const addresses = "must be a list of e-mail addresses";
const emails = z.array(z.email(addresses), addresses);
const mustFitTag = `must be ${tagRule}, as tags of alarms take them`;

/** The keys of every system that say who is notified, and how. */
export const alertingShape = {
  slackWebhookParameter: z.union([z.literal(""), z.string().regex(parameterName)], {
    error: `must be empty, or ${parameterRule}`,
  }),
  slackBotTokenParameter: z.string(parameterRule).regex(parameterName, parameterRule).optional(),
  slackChannel: z.string(slackChannelRule).regex(slackChannel, slackChannelRule).optional(),
  remindAfterMinutes: wholeNumber(repeatRange).optional(),
  criticalEmails: emails,
  warningEmails: emails,
  language: z.enum(["en", "ja"], 'must be "en" or "ja"'),
  owner: z.string(mustFitTag).refine(fitsTag, mustFitTag),
  runbookBaseUrl: z
    .url({ protocol: /^https$/, error: "must be an https URL" })
    .refine(fitsTag, mustFitTag),
};

type AlertingConfig = z.output<z.ZodObject<typeof alertingShape>>;

/** The arguments of a system's alert hub that the configuration states. */
export const alertHubSettings = (
  config: AlertingConfig,
): Pick<AlertHubArgs, "alerting" | "emails" | "slack" | "repeatAfterMinutes"> => ({
  alerting: {
    runbookBaseUrl: config.runbookBaseUrl,
    owner: config.owner,
    language: config.language,
  },
  emails: { warning: config.warningEmails, critical: config.criticalEmails },
  slack: slackSettings(config),
  repeatAfterMinutes: config.remindAfterMinutes,
});

/** A bot is used rather than a webhook. If one of its two keys is missing, the hub says so. */
function slackSettings(config: AlertingConfig): AlertHubArgs["slack"] {
  const { slackBotTokenParameter, slackChannel: channel, slackWebhookParameter } = config;
  if (slackBotTokenParameter !== undefined || channel !== undefined) {
    return { botTokenParameter: slackBotTokenParameter ?? "", channel: channel ?? "" };
  }
  return slackWebhookParameter === "" ? undefined : { webhookParameter: slackWebhookParameter };
}
