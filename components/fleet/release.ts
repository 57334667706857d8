import { isWholeNumber, type ArgumentFaults } from "../argument-faults";

/** How a release replaces machines. */
export interface ReleaseArgs {
  /** Whether a new machine starts before an old one is terminated. A fleet of one then has a canary too. During a
   *  release there are up to twice as many machines. Default false: the old machine is terminated first. */
  launchFirst?: boolean;
  /** Seconds until a new machine counts as healthy: the time to judge it. 0–3,600. Default 60, and 300 with
   *  `launchFirst`. */
  warmUpSeconds?: number;
}

export const releaseRanges = { warmUpSeconds: { min: 0, max: 3600 } };

/** Seconds between the canary machine and the other machines. */
export const canarySeconds = 300;

/** Longest time from the launch of a machine, or from a heartbeat, until it must have completed its launch hook.
 *  Starting the machine, installing packages and starting the worker take two to four minutes. */
export const launchHookSeconds = 600;

export interface ReleasePreferences {
  launchFirst: boolean;
  warmUpSeconds: number;
}

export const releasePreferences = ({
  launchFirst = false,
  warmUpSeconds,
}: ReleaseArgs = {}): ReleasePreferences => ({
  launchFirst,
  warmUpSeconds: warmUpSeconds ?? (launchFirst ? 300 : 60),
});

export function checkRelease(faults: ArgumentFaults, release: ReleaseArgs = {}): void {
  const { warmUpSeconds } = releasePreferences(release);
  faults.require(
    isWholeNumber(warmUpSeconds, releaseRanges.warmUpSeconds),
    `release.warmUpSeconds is ${warmUpSeconds}; whole seconds are allowed, from ${releaseRanges.warmUpSeconds.min} to ${releaseRanges.warmUpSeconds.max}`,
  );
}

/** Minutes in which a release that launches first may have more machines than usual: start, warm-up, the pause after the
 *  canary, and the end of the old machine. */
export const minutesOfMoreMachines = (
  { launchFirst, warmUpSeconds }: ReleasePreferences,
  shutdownGraceSeconds: number,
): number =>
  launchFirst
    ? Math.ceil((launchHookSeconds + warmUpSeconds + canarySeconds + shutdownGraceSeconds) / 60)
    : 0;
