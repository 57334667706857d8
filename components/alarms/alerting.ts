import type * as pulumi from "@pulumi/pulumi";
import type { Language, Severity } from "./alarm-spec";

/** Where the alarms of a system go, and what their messages say beside the measure. */
export interface Alerting {
  /** Topic ARN by severity; may come from another stack. */
  topics: Record<Severity, pulumi.Input<string>>;
  /** Folder of the runbooks; a runbook's page is `<base>/<key>.md`. */
  runbookBaseUrl: string;
  /** Who is to act: a team, as people there call it. */
  owner: string;
  language: Language;
}
