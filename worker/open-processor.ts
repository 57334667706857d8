import { availableParallelism } from "node:os";
import { S3Client } from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { WorkerEnvironment } from "../contracts/worker-environment";
import type { Ledger } from "./consumer";
import { defaultLimits, Extractor } from "./extract";
import { type IndexStore, openIndexStore, readDatabaseUrl } from "./index-store";
import type { Log, Processor } from "./processor";
import { createCommandProcessor } from "./processors/command";
import { createFileProcessor } from "./processors/file";

export interface OpenProcessor {
  process: Processor;
  /** Where finished work outlives this process; only with a database. */
  ledger: Ledger | undefined;
  close(): Promise<void>;
}

const dayMs = 86_400_000;

/** Makes the processor that the environment asks for, with what it needs. */
export async function openProcessor(
  environment: WorkerEnvironment,
  log: Log,
): Promise<OpenProcessor> {
  const s3 = new S3Client({
    region: environment.AWS_REGION,
    // An endpoint of one's own has no host name for each bucket.
    forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined,
  });
  const store = await openStore(environment, log);
  const forgetting = store === undefined ? undefined : forgetDaily(store, log);
  const closeStore = async () => {
    clearInterval(forgetting);
    await store?.close();
  };
  if (environment.PROCESSOR === "command") {
    const command = environment.PROCESSOR_COMMAND ?? [];
    const process = createCommandProcessor({ command, s3 });
    return { process, ledger: store?.ledger, close: closeStore };
  }
  if (store === undefined) {
    throw new Error("the file processor needs DATABASE_URL_PARAMETER");
  }
  const extractor = new Extractor({
    limits: defaultLimits,
    threads: Math.min(environment.WORKER_CONCURRENCY, availableParallelism()),
  });
  return {
    process: createFileProcessor({ s3, store, extractor, limits: defaultLimits }),
    ledger: store.ledger,
    close: async () => {
      await extractor.close();
      await closeStore();
    },
  };
}

async function openStore(
  environment: WorkerEnvironment,
  log: Log,
): Promise<IndexStore | undefined> {
  if (environment.DATABASE_URL_PARAMETER === undefined) {
    return undefined;
  }
  const ssm = new SSMClient({ region: environment.AWS_REGION });
  const databaseUrl = await readDatabaseUrl(ssm, environment.DATABASE_URL_PARAMETER);
  ssm.destroy();
  return openIndexStore(databaseUrl, {
    maxConnections: Math.min(environment.WORKER_CONCURRENCY + 1, 20),
    onConnectionLost: (error) => log.warn({ err: error }, "a connection to the database was lost"),
  });
}

/** Keeps the ledger as large as what can still come back. */
function forgetDaily(store: IndexStore, log: Log): NodeJS.Timeout {
  const forget = () =>
    store.ledger.forgetOutlived(new Date()).then(
      (count) => log.debug({ count }, "forgot finished work that cannot come back"),
      (error: unknown) => log.warn({ err: error }, "could not tidy the ledger of finished work"),
    );
  void forget();
  return setInterval(() => void forget(), dayMs).unref();
}
