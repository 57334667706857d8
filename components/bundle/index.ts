export type { Bundle } from "./bundle";
export { buildBundle } from "./build-bundle";
