/** Parameters of the Systems Manager document that switches the bundle of a running machine. */
export const switchBundleParameters = { key: "BundleKey", sha256: "BundleSha256" } as const;
