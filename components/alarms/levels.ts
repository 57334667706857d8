import type { ArgumentFaults } from "../argument-faults";
import type { AlarmSpec, Measure, Severity, Threshold } from "./alarm-spec";

/** From where a measure is a warning and from where it is critical. A level that is not there has no alarm;
 *  one of them is always there. */
export type Levels =
  { warning: number; critical?: number } | { warning?: number; critical: number };

/** What differs from a component's own levels; "off" takes a level away. */
export type LevelChanges = Partial<Record<Severity, number | "off">>;

/** How the levels of one measure become alarms. */
export interface LevelRules {
  /** Runbook, and the beginning of both alarms' keys. */
  key: string;
  measure: Measure;
  meaning: Record<Severity, AlarmSpec["meaning"]>;
  /** Whether the critical level itself is critical yet; a warning's level always is one. Default "above". */
  criticalFrom?: "above" | "atLeast";
  /** Datapoints in a row. A warning that needs one more is left out on a jump past both levels, because
   *  the critical alarm fires first. */
  datapoints: Record<Severity, number>;
  periodSeconds: number;
}

/** Of a level, where its measure begins at 1. */
export const levelRange = { min: 1, max: 1_000_000 };

const severities = ["warning", "critical"] as const;

export const changeLevels = (levels: Levels, changes: LevelChanges = {}): Levels =>
  Object.fromEntries(
    severities.flatMap((severity) => {
      const level = changes[severity] ?? levels[severity];
      return level === undefined || level === "off" ? [] : [[severity, level] as const];
    }),
  ) as Levels;

/** `lowest` is the smallest number that each level may be. */
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

/** The alarms of a measure, one for each of its levels. */
export function levelAlarms(levels: Levels, rules: LevelRules): AlarmSpec[] {
  const { key, measure, meaning, datapoints, periodSeconds } = rules;
  const comparisons = { warning: "atLeast", critical: rules.criticalFrom ?? "above" } as const;
  return severities.flatMap((severity) => {
    const level = levels[severity];
    if (level === undefined) return [];
    return {
      ...measure,
      key: `${key}-${severity}`,
      severity,
      runbook: key,
      meaning: meaning[severity],
      threshold: { [comparisons[severity]]: level } as Threshold,
      datapoints: { breaching: datapoints[severity], of: datapoints[severity], periodSeconds },
      missingData: "notBreaching",
    };
  });
}
