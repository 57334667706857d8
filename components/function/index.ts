export { MonitoredFunction } from "./monitored-function";
export { topicFunction } from "./topic-function";
