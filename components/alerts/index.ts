export { AlertHub } from "./alert-hub";
export type { AlertHubArgs } from "./alert-hub-arguments";
