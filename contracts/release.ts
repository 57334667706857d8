import { z } from "zod";

/** Names of the lifecycle hooks of a fleet's Auto Scaling group. A machine completes the first when its worker works,
 *  the second when its worker has stopped. */
export const lifecycleHooks = { launch: "worker-works", termination: "finish-work" } as const;

/** Description of a version of a fleet's launch template. It names the worker bundle. */
export const bundleDescription = (sha256: string): string => `bundle ${sha256}`;

/** The bundle's SHA-256 in a version's description. */
export const bundleInDescription = (description = ""): string | undefined =>
  /^bundle ([0-9a-f]{64})$/.exec(description)?.[1];

/** How people read a bundle's SHA-256. */
export const shortHash = (sha256: string): string => sha256.slice(0, 12);

/** Key of a bundle in the scripts bucket. */
export const bundleKey = (sha256: string): string => `worker/${sha256}.js`;

/** Parameters of the Systems Manager document that switches the bundle of a running machine. */
export const switchBundleParameters = {
  key: "BundleKey",
  sha256: "BundleSha256",
  /** Seconds that the stopped worker has to finish its work. Then what still runs is aborted and released. */
  grace: "GraceSeconds",
} as const;

/** What a machine does about its launch hook. */
export const launchConfirmation = {
  /** Seconds between the heartbeats while the worker waits for what it needs. */
  heartbeatSeconds: 60,
  /** After so many ends before it has started, a worker is broken, and the launch is abandoned. */
  mostFailedStarts: 5,
} as const;

/** Seconds that a worker has to say that it works, after its bundle was switched. */
export const switchedStartSeconds = 60;

/** Name of the SSM parameter with the hold of a fleet, and of the folder in which it is alone. */
export function releaseHoldNames(environment: string, system: string, fleet: string) {
  const folder = `/queuefleet/${environment}/${system}/${fleet}`;
  return { folder, parameter: `${folder}/release-hold` };
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The value, as JSON, of the SSM parameter that holds a fleet: `up` refuses each of these bundles, because it was rolled
 *  back. The newest is the last. */
export const releaseHoldSchema = z.array(
  z.object({
    /** SHA-256 of the bundle that must not come back. */
    bundle: sha256,
    /** SHA-256 of the bundle that runs instead. */
    runs: sha256,
    since: z.iso.datetime({ offset: true }),
    by: z.string(),
    reason: z.string().optional(),
  }),
);

export type ReleaseHold = z.output<typeof releaseHoldSchema>;

/** A standard parameter has up to 4,096 characters: room for this many. */
const mostHeld = 10;

/** The hold with one more bundle. A bundle that is held already is moved to the end. */
export const withHeld = (hold: ReleaseHold, held: ReleaseHold[number]): ReleaseHold =>
  [...hold.filter(({ bundle }) => bundle !== held.bundle), held].slice(-mostHeld);
