import { z } from "zod";
import type { AlertHubArgs } from "../components/alerts/alert-hub-arguments";
import { fitsTag, tagRule } from "../components/deployment";
import { parameterName, parameterRule } from "../components/parameter-name";

const addresses = "must be a list of e-mail addresses";
const emails = z.array(z.email(addresses), addresses);
const mustFitTag = `must be ${tagRule}, as tags of alarms take them`;

/** The keys of every system that say who is notified, and how. */
export const alertingShape = {
  slackWebhookParameter: z.union([z.literal(""), z.string().regex(parameterName)], {
    error: `must be empty, or ${parameterRule}`,
  }),
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
): Pick<AlertHubArgs, "alerting" | "emails" | "slack"> => ({
  alerting: {
    runbookBaseUrl: config.runbookBaseUrl,
    owner: config.owner,
    language: config.language,
  },
  emails: { warning: config.warningEmails, critical: config.criticalEmails },
  slack:
    config.slackWebhookParameter === ""
      ? undefined
      : { webhookParameter: config.slackWebhookParameter },
});
