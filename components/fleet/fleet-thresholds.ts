import type { ArgumentFaults } from "../argument-faults";
import { changeLevels, checkLevels, type LevelChanges, type Levels } from "../alarms/levels";

export interface FleetThresholds {
  /** Machines in service: warning and critical at the level. Default 2 and 3. */
  machines: Levels;
  /** Error log lines within an hour: warning at the level, critical above it. Default 1 and 5. */
  errorLogsPerHour: Levels;
}

/** Overrides of the defaults. */
export type FleetThresholdChanges = Partial<Record<keyof FleetThresholds, LevelChanges>>;

/** The levels where nothing else is given. */
export const defaultFleetLevels = {
  machines: { warning: 2, critical: 3 },
  errorLogsPerHour: { warning: 1, critical: 5 },
};

export const fleetThresholds = (changes: FleetThresholdChanges = {}): FleetThresholds => ({
  machines: changeLevels(defaultFleetLevels.machines, changes.machines),
  errorLogsPerHour: changeLevels(defaultFleetLevels.errorLogsPerHour, changes.errorLogsPerHour),
});

export function checkFleetThresholds(
  faults: ArgumentFaults,
  { machines, errorLogsPerHour }: FleetThresholds,
): void {
  checkLevels(faults, "thresholds.machines", machines);
  checkLevels(faults, "thresholds.errorLogsPerHour", errorLogsPerHour);
}
