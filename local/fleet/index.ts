export { Fleet, type FleetOptions } from "./fleet";
export { parseUserData, type MachineSetup } from "./user-data";
