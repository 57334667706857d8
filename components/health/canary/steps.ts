/** Names of a canary's steps; values of the dimension StepName. */
export const canarySteps = { health: "health", workPath: "work-path" } as const;
