export { MonitoredQueue } from "./monitored-queue";
export type { MonitoredQueueArgs, QueueSender } from "./queue-arguments";
