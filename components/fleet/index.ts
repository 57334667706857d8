export { defaultFleetLevels } from "./fleet-thresholds";
export { newestMachineImage } from "./machine-image";
export { WorkerFleet } from "./worker-fleet";
export { fleetRanges, instanceTypeFault, type WorkerFleetArgs } from "./worker-fleet-arguments";
