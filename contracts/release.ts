import { z } from "zod";

/** Names of the lifecycle hooks of a fleet's Auto Scaling group. A machine completes the first when its worker works,
 *  the second when its worker has stopped. */
export const lifecycleHooks = { launch: "worker-works", termination: "finish-work" } as const;

/** Description of a version of a fleet's launch template. It names the worker bundle. */
export const bundleDescription = (sha256: string): string => `bundle ${sha256}`;

/** First 12 digits of the bundle's SHA-256 in a version's description. */
export const bundleInDescription = (description = ""): string | undefined =>
  /^bundle ([0-9a-f]{12})/.exec(description)?.[1];

/** Parameters of the Systems Manager document that switches the bundle of a running machine. */
export const switchBundleParameters = { key: "BundleKey", sha256: "BundleSha256" } as const;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The value, as JSON, of the SSM parameter that holds a fleet at a bundle: after a rollback, `up` refuses the bundle
 *  that was rolled back. */
export const releaseHoldSchema = z.object({
  /** SHA-256 of the bundle that must not come back. */
  bundle: sha256,
  /** SHA-256 of the bundle that runs instead. */
  runs: sha256,
  since: z.iso.datetime({ offset: true }),
  by: z.string(),
  reason: z.string().optional(),
});

export type ReleaseHold = z.output<typeof releaseHoldSchema>;
