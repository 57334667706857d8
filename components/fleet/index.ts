export { newestMachineImage } from "./machine-image";
export { releaseGuardEntry } from "./release-guard";
export { WorkerFleet } from "./worker-fleet";
export type { WorkerFleetArgs } from "./worker-fleet-arguments";
