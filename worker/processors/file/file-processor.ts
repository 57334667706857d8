import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { workerLogMessages as logged } from "../../../contracts/worker-log-messages";
import { describeError } from "../../job/describe-error";
import { PermanentError, UnavailableError } from "../../job/errors";
import type { ExtractionLimits, Extractor } from "../../extract";
import type { DocumentRecord, IndexStore } from "../../index-store";
import { parseS3Message, type S3ObjectEvent } from "../s3-event";
import type { JobContext, Processor } from "../../job/processor";
import { withTemporaryFolder } from "../temporary-folder";
import { currentVersion } from "./current-version";
import { download } from "./download";
import { leftBehindBy } from "./skipped";

export interface FileProcessorDependencies {
  s3: Pick<S3Client, "send">;
  store: IndexStore;
  extractor: Extractor;
  limits: Pick<ExtractionLimits, "maxObjectBytes">;
}

/** Puts the text of every object that a message names into the index. */
export function createFileProcessor(dependencies: FileProcessorDependencies): Processor {
  return async (message, context) => {
    const event = parseS3Message(message.body);
    if (event.kind === "test") {
      context.reportFiles({ processed: 0, skipped: 0, doubtful: 0 });
      context.log.info({ bucket: event.bucket }, "S3 test event: nothing to do");
      return;
    }
    const counts = { processed: 0, skipped: 0, doubtful: 0 };
    context.reportFiles(counts);
    const failures: { object: S3ObjectEvent; error: unknown }[] = [];
    for (const object of event.objects) {
      try {
        const end = await processObject(dependencies, object, context);
        if (end === "skipped") counts.skipped += 1;
        else counts.processed += 1;
        if (end === "doubtful") counts.doubtful += 1;
      } catch (error) {
        context.signal.throwIfAborted();
        // The other objects need the same.
        if (error instanceof UnavailableError) throw error;
        failures.push({ object, error });
      }
    }
    throwFailures(failures);
  };
}

/** What can be tried again decides: a retry skips what is done and repeats the rest. */
function throwFailures(failures: { object: S3ObjectEvent; error: unknown }[]): void {
  if (failures.length === 0) return;
  const reasons = failures
    .map(({ object, error }) => {
      const reason = error instanceof PermanentError ? error.message : describeError(error);
      return `s3://${object.bucket}/${object.key}: ${reason}`;
    })
    .join("; ");
  const cause = failures[0]?.error;
  throw failures.every(({ error }) => error instanceof PermanentError)
    ? new PermanentError(reasons, { cause })
    : new Error(reasons, { cause });
}

type ObjectEnd = "processed" | "doubtful" | "skipped";

async function processObject(
  dependencies: FileProcessorDependencies,
  object: S3ObjectEvent,
  context: JobContext,
): Promise<ObjectEnd> {
  const { store } = dependencies;
  const work = workKey(object);
  const fields = { bucket: object.bucket, key: object.key, versionId: object.versionId };
  const why = leftBehindBy(object.key);
  if (why !== undefined) {
    context.log.info({ ...fields, why }, logged.objectSkipped);
    return "skipped";
  }
  if (object.action === "removed") return removeObject(dependencies, object, context);
  if (await store.isFinished(work)) {
    context.log.info({ ...fields, outcome: "repeated" }, logged.objectIndexedBefore);
    return "processed";
  }
  if (await store.isSuperseded(object)) {
    await store.markFinished(work);
    context.log.info({ ...fields, outcome: "superseded" }, "object has a newer version");
    return "processed";
  }
  return indexObject(dependencies, { object, work }, context);
}

/** Indexes what the object contains. An empty one is taken out of the index: it may have had a text before. */
async function indexObject(
  dependencies: FileProcessorDependencies,
  { object, work }: { object: S3ObjectEvent; work: string },
  context: JobContext,
): Promise<ObjectEnd> {
  const { store } = dependencies;
  const fields = { bucket: object.bucket, key: object.key, versionId: object.versionId };
  const record = await readObject(dependencies, object, context.signal);
  context.signal.throwIfAborted();
  if (record === "empty") {
    await store.removeDocument(work, object);
    context.log.info({ ...fields, why: "it is empty" }, logged.objectSkipped);
    return "skipped";
  }
  const outcome = await store.recordDocument(work, object, record);
  const { format, doubts } = record.metadata;
  context.log.info({ ...fields, outcome, format, doubts }, logged.objectIndexed);
  return doubts === undefined ? "processed" : "doubtful";
}

/** The document follows its object: after the newest version or a delete marker was removed, S3 serves another version,
 *  or none. */
async function removeObject(
  dependencies: FileProcessorDependencies,
  object: S3ObjectEvent,
  context: JobContext,
): Promise<ObjectEnd> {
  const { store, s3 } = dependencies;
  const { bucket, key, versionId } = object;
  const work = workKey(object);
  // With a new delete marker the version is the marker's: the object itself is gone.
  const isOneVersion = versionId !== undefined && object.eventName.endsWith(":Delete");
  const current = isOneVersion ? await currentVersion(s3, object, context.signal) : undefined;
  if (current === undefined) {
    const outcome = await store.removeDocument(work, object);
    context.log.info({ bucket, key, versionId, outcome }, "object removed");
    return "processed";
  }
  const served = { ...object, versionId: current };
  if (await store.isCurrent(work, served)) {
    context.log.info({ bucket, key, versionId, current }, "another version was removed");
    return "processed";
  }
  context.log.info({ bucket, key, versionId, current }, "an older version is current again");
  return indexObject(dependencies, { object: served, work }, context);
}

async function readObject(
  { s3, extractor, limits }: FileProcessorDependencies,
  object: S3ObjectEvent,
  signal: AbortSignal,
): Promise<DocumentRecord | "empty"> {
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, "object");
    const found = await download(s3, object, path, { maxBytes: limits.maxObjectBytes, signal });
    if (found.bytes === 0) return "empty";
    const { text, title, format, ...details } = await extractor.extract(
      { path, key: object.key, contentType: found.contentType },
      signal,
    );
    return {
      eTag: found.eTag,
      versionId: found.versionId,
      contentType: found.contentType,
      title,
      text,
      metadata: { format, bytes: found.bytes, sha256: found.sha256, ...details },
    };
  });
}

/** One event of one object. S3 may send it twice, in two messages; both have the same sequencer. */
function workKey(object: S3ObjectEvent): string {
  const order = object.sequencer ?? object.eventTime.toISOString();
  return `object:${JSON.stringify([object.bucket, object.key, object.versionId ?? "", object.action, order])}`;
}
