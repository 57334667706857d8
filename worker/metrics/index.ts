export { EmbeddedMetrics } from "./embedded-metrics";
