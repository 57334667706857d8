import type * as pulumi from "@pulumi/pulumi";
import type { ApiProbe } from "../../contracts/api-probe";
import type { Alerting } from "../alarms/alerting";
import { ArgumentFaults } from "../argument-faults";
import type { Deployment } from "../deployment";
import { checkProbe } from "../health/probe-faults";
import type { StateTable } from "../state-table";

interface QueueAddress {
  url: pulumi.Input<string>;
  arn: string;
}

/** A worker whose mappings are paused while its API fails. A LambdaWorker has these fields. */
export interface PausableWorker {
  mappings: readonly {
    uuid: pulumi.Input<string>;
    arn: pulumi.Input<string>;
    source: {
      queue: QueueAddress;
      /** Queues that must have been drained before this mapping is enabled. */
      after?: readonly QueueAddress[];
      /** Whether the mapping is enabled only while its own queue has messages. */
      standby?: boolean;
    };
  }[];
  /** Of each mapping in normal operation. Undefined: not limited. */
  maximumConcurrency?: number | undefined;
  /** A request to the API's work path that creates no work. Not set: the trial itself shows whether the API works. */
  probe?: ApiProbe;
}

export interface BackPressureArgs {
  deployment: Deployment;
  /** The name that the workers know (BACK_PRESSURE_FUNCTION). */
  functionName: string;
  stateTable: StateTable;
  metricsNamespace: string;
  /** By the name under which a worker asks for a pause ("asr"). */
  workers: Record<string, PausableWorker>;
  /** Queues that this update deletes, by a name for the check: the update fails unless all of them are empty. */
  deleted?: Record<string, string[]>;
  alerting: Alerting;
  /** A pause that lasts longer than this has been forgotten. Minutes, a multiple of 5. Default 60. */
  pauseAlarmMinutes?: number;
  logRetentionDays?: number;
}

export const backPressureDefaults = { pauseAlarmMinutes: 60 };

/** Period of the alarm on a long pause. Minutes. */
export const pausePeriodMinutes = 5;

/** CloudWatch evaluates at most a day. Source: PutMetricAlarm. */
export const pauseAlarmRange = { min: pausePeriodMinutes, max: 24 * 60 };

export function assertBackPressureArgs(name: string, args: BackPressureArgs): void {
  const minutes = args.pauseAlarmMinutes ?? backPressureDefaults.pauseAlarmMinutes;
  const faults = new ArgumentFaults(`BackPressure "${name}"`)
    .wholeNumber("pauseAlarmMinutes", minutes, pauseAlarmRange, "whole minutes are allowed")
    .require(
      minutes % pausePeriodMinutes === 0,
      `pauseAlarmMinutes is ${minutes}; it must be a multiple of ${pausePeriodMinutes}, the alarm's period`,
    )
    .require(Object.keys(args.workers).length > 0, "workers is empty; name at least one");
  for (const [key, { probe, mappings }] of Object.entries(args.workers)) {
    faults
      .text(`the key of workers.${key}`, key, /^[\w-]{1,40}$/, 'use letters, digits, "-" and "_"')
      .require(
        mappings.length > 0,
        `workers.${key} has no mappings; a worker without one needs none`,
      );
    if (probe !== undefined) checkProbe(faults, `workers.${key}.probe`, probe);
  }
  faults.throwIfAny();
}
