import type * as pulumi from "@pulumi/pulumi";
import type { ApiProbe } from "../../contracts/api-probe";
import type { Alerting } from "../alarms/alerting";
import { ArgumentFaults } from "../argument-faults";
import type { Deployment } from "../deployment";
import { checkProbe } from "./probe-faults";
import type { StateTable } from "../state-table";
import type { RestartLimits } from "./restart/history";

export interface AutoRestartArgs {
  deployment: Deployment;
  /** Physical name of the function, and the beginning of the document's name. */
  functionName: string;
  /** By the name that messages have for them ("behavior"). */
  apis: Record<
    string,
    {
      /** Name of the alarm on its work path. */
      alarm: string;
      /** Name of its Docker container. */
      container: string;
      /** Asked right before a restart, which is not done if it answers. */
      workPath?: ApiProbe;
      /** URL of its health check on the host itself. It is asked before the restart, so that the outcome says whether the
       *  container or the way to it fails. */
      insideUrl?: string;
    }
  >;
  /** Tag of the instances on which the containers run. Systems Manager must manage them. */
  host: { tagKey: string; tagValue: string };
  stateTable: StateTable;
  criticalTopic: { arn: pulumi.Input<string>; keyArn: pulumi.Input<string> };
  limits?: Partial<RestartLimits>;
  alerting: Alerting;
  logRetentionDays?: number;
}

export const restartDefaults: RestartLimits = { cooldownMinutes: 10, tries: 3, windowHours: 6 };

export const restartRanges = {
  /** A command may take three minutes, and an alarm that was repaired ends at the next probe. */
  cooldownMinutes: { min: 5, max: 120 },
  tries: { min: 1, max: 10 },
  windowHours: { min: 1, max: 72 },
};

/** What is not set has its default, also if it is given as undefined. */
export const limitsOf = ({ limits = {} }: AutoRestartArgs): RestartLimits => ({
  cooldownMinutes: limits.cooldownMinutes ?? restartDefaults.cooldownMinutes,
  tries: limits.tries ?? restartDefaults.tries,
  windowHours: limits.windowHours ?? restartDefaults.windowHours,
});

export function assertAutoRestartArgs(name: string, args: AutoRestartArgs): void {
  const { host, apis } = args;
  const faults = new ArgumentFaults(`AutoRestart "${name}"`);
  const limits = limitsOf(args);
  for (const key of ["cooldownMinutes", "tries", "windowHours"] as const) {
    faults.wholeNumber(
      `limits.${key}`,
      limits[key],
      restartRanges[key],
      "whole numbers are allowed",
    );
  }
  faults
    .require(
      limits.cooldownMinutes * limits.tries <= limits.windowHours * 60,
      `limits.windowHours is ${limits.windowHours}; ${limits.tries} restarts with ${limits.cooldownMinutes} minutes between them need more`,
    )
    .require(Object.keys(apis).length > 0, "apis is empty; name at least one")
    .text(
      "host.tagKey",
      host.tagKey,
      /^(?!aws:)[\w .:/=+@-]{1,128}$/,
      'a tag key has 1 to 128 characters and does not begin with "aws:"',
    )
    .text(
      "host.tagValue",
      host.tagValue,
      /^[\w .:/=+@-]{1,256}$/,
      "name one value, of 1 to 256 characters: it says on which instances commands may run",
    );
  for (const [key, { container, insideUrl, workPath }] of Object.entries(apis)) {
    if (workPath !== undefined) checkProbe(faults, `apis.${key}.workPath`, workPath);
    faults
      .text(`the key of apis.${key}`, key, /^[\w-]{1,40}$/, 'use letters, digits, "-" and "_"')
      .text(
        `apis.${key}.container`,
        container,
        /^[a-zA-Z0-9][\w.-]{0,127}$/,
        'Docker allows letters, digits, ".", "-" and "_"',
      )
      .require(
        insideUrl === undefined || /^https?:\/\/[\w.:/?=&%~-]+$/.test(insideUrl),
        `apis.${key}.insideUrl is "${insideUrl}"; write a URL such as http://localhost:8017/health`,
      );
  }
  faults.throwIfAny();
}
