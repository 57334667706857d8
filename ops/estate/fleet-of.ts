import { exitCodes } from "../../contracts/exit-codes";
import type { SystemOutputs } from "../../contracts/stack-outputs";
import { OpsError } from "../cli/fault";

type Fleet = SystemOutputs["fleets"][string];
export type ReleasedFleet = Fleet & { key: string; release: NonNullable<Fleet["release"]> };

/** The fleet that a command is about. Without a name, the only one. */
export function fleetOf({ fleets, system }: SystemOutputs, name?: string): ReleasedFleet {
  const keys = Object.keys(fleets);
  const key = name ?? (keys.length === 1 ? keys[0] : undefined);
  const fleet = key === undefined ? undefined : fleets[key];
  if (key === undefined || fleet === undefined) {
    throw new OpsError(
      keys.length === 0
        ? `${system} has no fleet.`
        : `${name === undefined ? `${system} has more than one fleet` : `${system} has no fleet "${name}"`}; choose one with --fleet: ${keys.join(", ")}`,
      exitCodes.configuration,
    );
  }
  const { release } = fleet;
  if (release === undefined) {
    throw new OpsError(
      `The fleet "${key}" was deployed before rollbacks existed. Deploy ${system} again with this checkout.`,
    );
  }
  return { ...fleet, key, release };
}
