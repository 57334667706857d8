import type * as pulumi from "@pulumi/pulumi";
import type { Language, Severity } from "./alarm-spec";

/** The topics that a system's alarms notify, and the text that every alarm message contains. */
export interface Alerting {
  /** Topic ARN by severity; may come from another stack. */
  topics: Record<Severity, pulumi.Input<string>>;
  /** URL of the folder with the runbooks. The page of a runbook is `<base>/<key>.md`. */
  runbookBaseUrl: string;
  /** The team that must act, by the name it is known by. */
  owner: string;
  language: Language;
}
