export { MonitoredQueue } from "./monitored-queue";
export type { MonitoredQueueArgs } from "./queue-arguments";
export { queuePolicy, type QueueSender } from "./queue-policy";
