import type { Meter } from "./meter";

export interface Race {
  clientConfig: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    useQueueUrlAsEndpoint: false;
    /** The SDK checks digests unless this is false. */
    md5?: false;
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
  /** It receives again only after the slowest message of a batch has ended. */
  waitsForEachBatch?: boolean;
  start(race: Race): () => Promise<void>;
}

/** The same on equal terms: our consumer does without the SDK's check of MD5 digests (TLS checks what arrives). */
export const withoutDigests = (contestant: Contestant): Contestant => ({
  ...contestant,
  name: `${contestant.name}, MD5 off`,
  start: (race) =>
    contestant.start({ ...race, clientConfig: { ...race.clientConfig, md5: false } }),
});
