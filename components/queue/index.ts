export { MonitoredQueue } from "./monitored-queue";
export type { MonitoredQueueArgs } from "./queue-arguments";
export type { QueueSender } from "./queue-policy";
