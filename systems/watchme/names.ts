import { features, type Feature } from "../../contracts/watchme";

/** Keys of the workers, and of their queues in the system's output. */
export const workerKeys = [...features, "dashboard-summary", "dashboard-analysis"] as const;
export type WorkerKey = (typeof workerKeys)[number];

/** The physical names. `prod` keeps the existing names; every other environment appends its own name. A bucket's name must
 *  be unique in all of AWS, so a suffix can be configured. */
export function physicalNames(environment: string, bucketSuffix = "") {
  const suffix = environment === "prod" ? "" : `-${environment}`;
  return {
    queue: (key: WorkerKey) => ({
      queueName: `watchme-${key}-queue${suffix}`,
      deadLetterQueueName: `watchme-${key}-dlq${suffix}`,
    }),
    /** The FIFO pair that replaces a queue. */
    fifoQueue: (key: Feature) => ({
      queueName: `watchme-${key}-queue-v2${suffix}.fifo`,
      deadLetterQueueName: `watchme-${key}-dlq-v2${suffix}.fifo`,
    }),
    worker: (key: WorkerKey) => `watchme-${key}-worker${suffix}`,
    /** Of a function that is no worker: "audio-processor". */
    function: (name: string) => `watchme-${name}${suffix}`,
    recordings: `watchme-vault${suffix}${bucketSuffix}`,
    stateTable: `watchme-state${suffix}`,
    /** The prefix of the names of new resources. */
    prefix: `watchme${suffix}`,
    metricsNamespace: "WatchMe/Worker",
    dashboard: `watchme${suffix}`,
  };
}

export type Names = ReturnType<typeof physicalNames>;
