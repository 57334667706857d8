export { MonitoredQueue } from "./monitored-queue";
export { queueRanges, type MonitoredQueueArgs } from "./queue-arguments";
export type { QueueSender } from "./queue-policy";
export { defaultQueueLevels } from "./queue-thresholds";
