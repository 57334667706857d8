export { ApiHealthProbe } from "./api-health-probe";
