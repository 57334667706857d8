import { availableParallelism } from "node:os";
import { S3Client } from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { WorkerEnvironment } from "../contracts/worker-environment";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { type Ledger, systemClock } from "./consumer";
import { DiskLedger } from "./disk-ledger";
import { defaultLimits, Extractor } from "./extract";
import { readDatabaseCa, readDatabaseUrl } from "./database";
import { type IndexStore, openIndexStore } from "./index-store";
import type { Log } from "./job/log";
import { ledgerPaths } from "./ledger-paths";
import type { Processor } from "./job/processor";
import { createCommandProcessor } from "./processors/command";
import { createFileProcessor } from "./processors/file";
import { waitUntilAvailable } from "./wait-until-available";

export interface OpenProcessor {
  process: Processor;
  s3: S3Client;
  /** Where finished work outlives this process: the database or, without one, a file. */
  ledger: Ledger | undefined;
  close(): Promise<void>;
}

const dayMs = 86_400_000;

/** Makes the processor that the environment asks for, with what it needs; waits for what is
 *  unreachable, unless the signal aborts. */
export async function openProcessor(
  environment: WorkerEnvironment,
  log: Log,
  signal: AbortSignal,
): Promise<OpenProcessor> {
  const jobTimeoutMs = environment.JOB_TIMEOUT_SECONDS * 1000;
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  const s3 = new S3Client({
    region: environment.AWS_REGION,
    // A custom endpoint has no host name for each bucket.
    forcePathStyle: endpoint !== undefined,
    // The SDK tries three times; a job must not run into its own limit because S3 does not answer.
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 5000,
      socketTimeout: Math.min(30_000, jobTimeoutMs / 6),
    }),
  });
  const store = await openStore(environment, log, signal);
  const disk = store === undefined ? openDiskLedger(log) : undefined;
  const ledger = store?.ledger ?? disk;
  const forgetting = ledger === undefined ? undefined : forgetDaily(ledger, log);
  const closeStore = async () => {
    clearInterval(forgetting);
    await store?.close();
    disk?.close();
  };
  if (environment.PROCESSOR === "command") {
    const command = environment.PROCESSOR_COMMAND ?? [];
    const process = createCommandProcessor({
      ...{ command, s3 },
      doneMark: (messageId) => disk?.doneMark(messageId),
    });
    return { process, s3, ledger, close: closeStore };
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
    s3,
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
  signal: AbortSignal,
): Promise<IndexStore | undefined> {
  const { DATABASE_URL_PARAMETER: parameter, DATABASE_CA_PARAMETER: caParameter } = environment;
  if (parameter === undefined) {
    return undefined;
  }
  const ssm = new SSMClient({
    region: environment.AWS_REGION,
    requestHandler: new NodeHttpHandler({ connectionTimeout: 5000, socketTimeout: 10_000 }),
  });
  // The parameter is read each time: it may be what is being fixed.
  const open = async () =>
    openIndexStore(await readDatabaseUrl(ssm, parameter), {
      ca: caParameter === undefined ? undefined : await readDatabaseCa(ssm, caParameter),
      maxConnections: Math.min(environment.WORKER_CONCURRENCY + 1, 20),
      statementTimeoutMs: Math.min(120_000, (environment.JOB_TIMEOUT_SECONDS * 1000) / 3),
      onConnectionLost: (error) =>
        log.warn({ err: error }, "a connection to the database was lost"),
    });
  try {
    return await waitUntilAvailable(open, systemClock, log, signal);
  } finally {
    ssm.destroy();
  }
}

function openDiskLedger(log: Log): DiskLedger | undefined {
  const paths = ledgerPaths(process.env);
  try {
    return DiskLedger.open(paths, log);
  } catch (error) {
    log.warn(
      { err: error, file: paths.file },
      "the ledger of finished work cannot be opened: after a crash of this worker, work may be done again. Set STATE_DIRECTORY to a folder that it can write to",
    );
    return undefined;
  }
}

/** Deletes from the ledger what no queue can still hold. */
function forgetDaily(
  ledger: { forgetOutlived(now: Date): Promise<number> },
  log: Log,
): NodeJS.Timeout {
  const forget = () =>
    ledger.forgetOutlived(new Date()).then(
      (count) => log.debug({ count }, "old rows of the ledger of finished work were deleted"),
      (error: unknown) =>
        log.warn({ err: error }, "old rows of the ledger of finished work could not be deleted"),
    );
  void forget();
  return setInterval(() => void forget(), dayMs).unref();
}
