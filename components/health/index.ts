export { ApiHealthProbe } from "./api-health-probe";
export { AutoRestart } from "./auto-restart";
export { restartRanges } from "./auto-restart-arguments";
