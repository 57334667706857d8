export { systemClock } from "./clock";
export type { Clock } from "./clock";
export { Consumer } from "./consumer";
export type { Ledger } from "./finished-work";
export type { ConsumerEvents, ConsumerOptions, ConsumerParts, Summary } from "./options";
export { logOutageBegin, logOutageEnd, outagePauseMs } from "./outage-terms";
export { createQueueClients, endpointOptions } from "./queue-clients";
export type { QueueClients } from "./queue-clients";
