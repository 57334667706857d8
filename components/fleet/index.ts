export { newestMachineImage } from "./machine-image";
export { WorkerFleet } from "./worker-fleet";
export { fleetRanges, type WorkerFleetArgs } from "./worker-fleet-arguments";
