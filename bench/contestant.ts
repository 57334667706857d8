import type { Meter } from "./meter";

export interface Race {
  clientConfig: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    useQueueUrlAsEndpoint: false;
  };
  queueUrl: string;
  deadLetterQueueUrl: string;
  meter: Meter;
  /** Messages that may be processed at the same time. */
  slots: number;
  work: (body: string) => Promise<void>;
}

/** A consumer that is measured. `start` returns a function that stops it. */
export interface Contestant {
  name: string;
  start(race: Race): () => Promise<void>;
}
