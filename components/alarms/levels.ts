import type { ArgumentFaults } from "../argument-faults";
import type { AlarmSpec, Measure, Severity, Threshold } from "./alarm-spec";

/** The values at which a measure becomes a warning and becomes critical. A level that is missing has no
 *  alarm. At least one level is present. */
export type Levels =
  { warning: number; critical?: number } | { warning?: number; critical: number };

/** Overrides of a component's default levels. "off" removes a level. */
export type LevelChanges = Partial<Record<Severity, number | "off">>;

/** How alarms are made from the levels of one measure. */
export interface LevelRules {
  /** Name of the runbook, and first part of both alarms' keys. */
  key: string;
  measure: Measure | Record<Severity, Measure>;
  meaning: Record<Severity, AlarmSpec["meaning"]>;
  command?: AlarmSpec["command"];
  /** Whether the critical alarm fires at its level ("atLeast") or only above it. The warning always fires at
   *  its level. Default "above". */
  criticalFrom?: "above" | "atLeast";
  /** Consecutive datapoints. If the warning needs one more than the critical alarm, the critical alarm fires
   *  first when the value jumps past both levels, and the notifier does not send the warning. */
  datapoints: Record<Severity, number>;
  periodSeconds: number;
}

/** Range of a level whose lowest value is 1. */
export const levelRange = { min: 1, max: 1_000_000 };

const severities = ["warning", "critical"] as const;

export const changeLevels = (levels: Levels, changes: LevelChanges = {}): Levels =>
  Object.fromEntries(
    severities.flatMap((severity) => {
      const level = changes[severity] ?? levels[severity];
      return level === undefined || level === "off" ? [] : [[severity, level] as const];
    }),
  ) as Levels;

/** `lowest` is the smallest number allowed for each level. */
export function checkLevels(
  faults: ArgumentFaults,
  field: string,
  levels: Levels,
  lowest: Record<Severity, number> = { warning: levelRange.min, critical: levelRange.min },
): void {
  const { warning, critical } = levels;
  faults.require(
    warning !== undefined || critical !== undefined,
    `${field} has both levels "off"; give one of them a number, or nobody is notified`,
  );
  for (const severity of severities) {
    const level = levels[severity];
    if (level === undefined) continue;
    faults.wholeNumber(
      `${field}.${severity}`,
      level,
      { ...levelRange, min: lowest[severity] },
      "whole numbers are allowed",
    );
  }
  faults.require(
    warning === undefined || critical === undefined || warning <= critical,
    `${field}.warning is ${warning}; it must be at most ${field}.critical (${critical})`,
  );
}

/** The alarms of a measure: one per level. */
export function levelAlarms(levels: Levels, rules: LevelRules): AlarmSpec[] {
  const { key, measure, meaning, datapoints, periodSeconds } = rules;
  const comparisons = { warning: "atLeast", critical: rules.criticalFrom ?? "above" } as const;
  return severities.flatMap((severity) => {
    const level = levels[severity];
    if (level === undefined) return [];
    return {
      ...("warning" in measure ? measure[severity] : measure),
      key: `${key}-${severity}`,
      severity,
      runbook: key,
      meaning: meaning[severity],
      command: rules.command,
      threshold: { [comparisons[severity]]: level } as Threshold,
      datapoints: { breaching: datapoints[severity], of: datapoints[severity], periodSeconds },
      missingData: "notBreaching",
    };
  });
}
