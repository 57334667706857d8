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
import { download } from "./download";

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
      context.reportFiles(0);
      context.log.info({ bucket: event.bucket }, "S3 test event: nothing to do");
      return;
    }
    context.reportFiles(event.objects.length);
    const failures: { object: S3ObjectEvent; error: unknown }[] = [];
    for (const object of event.objects) {
      try {
        await processObject(dependencies, object, context);
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

async function processObject(
  dependencies: FileProcessorDependencies,
  object: S3ObjectEvent,
  context: JobContext,
): Promise<void> {
  const { store } = dependencies;
  const work = workKey(object);
  const fields = { bucket: object.bucket, key: object.key, versionId: object.versionId };
  if (object.action === "removed") {
    const { versionId } = object;
    // With a delete marker the version is the marker's: the object itself is gone.
    const isOneVersion = versionId !== undefined && object.eventName === "ObjectRemoved:Delete";
    const outcome = isOneVersion
      ? await store.removeVersion(work, { ...object, versionId })
      : await store.removeDocument(work, object);
    context.log.info({ ...fields, outcome }, "object removed");
    return;
  }
  if (await store.isFinished(work)) {
    context.log.info({ ...fields, outcome: "repeated" }, logged.objectIndexedBefore);
    return;
  }
  if (await store.isSuperseded(object)) {
    await store.markFinished(work);
    context.log.info({ ...fields, outcome: "superseded" }, "object has a newer version");
    return;
  }
  const record = await readObject(dependencies, object, context.signal);
  context.signal.throwIfAborted();
  const outcome = await store.recordDocument(work, object, record);
  context.log.info({ ...fields, outcome, format: record.metadata.format }, logged.objectIndexed);
}

async function readObject(
  { s3, extractor, limits }: FileProcessorDependencies,
  object: S3ObjectEvent,
  signal: AbortSignal,
): Promise<DocumentRecord> {
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, "object");
    const found = await download(s3, object, path, { maxBytes: limits.maxObjectBytes, signal });
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
