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
  /** Messages that may be worked on at once. */
  slots: number;
  work: (body: string) => Promise<void>;
}

/** A way to consume a queue; `start` answers how to stop it. */
export interface Contestant {
  name: string;
  start(race: Race): () => Promise<void>;
}
