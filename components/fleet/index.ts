export { newestMachineImage } from "./machine-image";
export { WorkerFleet } from "./worker-fleet";
export type { WorkerFleetArgs } from "./worker-fleet-arguments";
