import type { Alerting } from "../alarms/alerting";
import { ArgumentFaults } from "../argument-faults";
import type { Deployment } from "../deployment";
import { canaryDefaults, canaryRetentionRange, type CanaryArgs } from "./canary/api-canary";
import { checkProbe } from "./probe-faults";
import type { ProbedApis } from "./probed-apis";

export interface ApiHealthProbeArgs {
  deployment: Deployment;
  /** Physical name of the function, or the beginning of the canaries' names. */
  functionName: string;
  metricsNamespace: string;
  /** By the name that alarms and metrics have for them ("behavior"). */
  apis: ProbedApis;
  /** Canaries of CloudWatch Synthetics ask instead of a function: with a report of every run, for 10 dollars a month each
   *  (8,640 runs), where the function costs some cents. Not set: the function. */
  canary?: CanaryArgs;
  alerting: Alerting;
  logRetentionDays?: number;
}

/** Longest names that Synthetics and IAM allow: the canary's role has its name. */
const longestCanaryName = 64;

/** The name of an API's canary, and the beginning of its alarms' names. */
export const nameOfApi = (functionName: string, api: string): string => `${functionName}-${api}`;

export function assertApiHealthProbeArgs(name: string, args: ApiHealthProbeArgs): void {
  const { canary, functionName } = args;
  const faults = new ArgumentFaults(`ApiHealthProbe "${name}"`).require(
    Object.keys(args.apis).length > 0,
    "apis is empty; name at least one",
  );
  for (const [key, { health, workPath }] of Object.entries(args.apis)) {
    faults.text(`the key of apis.${key}`, key, /^[a-z0-9-]{1,40}$/, 'use a-z, 0-9 and "-"');
    checkProbe(faults, `apis.${key}.health`, health);
    checkProbe(faults, `apis.${key}.workPath`, workPath);
    if (canary === undefined) continue;
    const canaryName = nameOfApi(functionName, key);
    faults.require(
      /^[0-9a-z_-]+$/.test(canaryName) && canaryName.length <= longestCanaryName,
      `the canary's name would be "${canaryName}"; AWS allows 1 to ${longestCanaryName} of a-z, 0-9, "_" and "-"`,
    );
  }
  if (canary !== undefined) {
    faults
      .text(
        "canary.runtimeVersion",
        canary.runtimeVersion ?? canaryDefaults.runtimeVersion,
        /^syn-nodejs-\d+\.\d+$/,
        "the script is for runtimes of Node.js without a browser, such as syn-nodejs-5.4",
      )
      .wholeNumber(
        "canary.retentionDays",
        canary.retentionDays ?? canaryDefaults.retentionDays,
        canaryRetentionRange,
        "Synthetics allows whole days",
      );
  }
  faults.throwIfAny();
}
