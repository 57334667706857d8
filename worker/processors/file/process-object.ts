import { workerLogMessages as logged } from "../../../contracts/worker-log-messages";
import type { JobContext } from "../../job/processor";
import { ObjectGoneError } from "../get-object";
import type { S3ObjectEvent } from "../s3-event";
import { currentVersion } from "./current-version";
import type { FileProcessorDependencies } from "./dependencies";
import { readObject } from "./read-object";
import { leftBehindBy } from "./skipped";

export type ObjectEnd = "processed" | "doubtful" | "skipped";

interface Work {
  object: S3ObjectEvent;
  /** The event in the ledger. */
  key: string;
  context: JobContext;
}

/** Brings the index to where the object's event wants it. */
export async function processObject(
  dependencies: FileProcessorDependencies,
  object: S3ObjectEvent,
  context: JobContext,
): Promise<ObjectEnd> {
  const { store } = dependencies;
  const fields = fieldsOf(object);
  const why = leftBehindBy(object.key);
  if (why !== undefined) {
    context.log.info({ ...fields, why }, logged.objectSkipped);
    return "skipped";
  }
  const work = { object, key: workKey(object), context };
  if (object.action === "removed") return removeObject(dependencies, work);
  if (await store.isFinished(work.key)) {
    context.log.info({ ...fields, outcome: "repeated" }, logged.objectIndexedBefore);
    return "processed";
  }
  if (await store.isSuperseded(object)) {
    await store.markFinished(work.key);
    context.log.info({ ...fields, outcome: "superseded" }, "object has a newer version");
    return "processed";
  }
  return createObject(dependencies, work);
}

/** What was deleted before its turn has come is no document any more, and no fault. */
async function createObject(
  dependencies: FileProcessorDependencies,
  work: Work,
): Promise<ObjectEnd> {
  const end = await unlessGone(indexObject(dependencies, work));
  if (end !== "gone") return end;
  const { followed, current } = await followObject(dependencies, work);
  if (followed !== "none" && followed !== "unchanged") return followed;
  work.context.log.info({ ...fieldsOf(work.object), current, why: "gone" }, logged.objectSkipped);
  return "skipped";
}

async function removeObject(
  dependencies: FileProcessorDependencies,
  work: Work,
): Promise<ObjectEnd> {
  const { object, context } = work;
  // With a new delete marker the version is the marker's: the object itself is gone.
  const isOneVersion = object.versionId !== undefined && object.eventName.endsWith(":Delete");
  if (!isOneVersion) {
    const outcome = await dependencies.store.removeDocument(work.key, object);
    context.log.info({ ...fieldsOf(object), outcome }, "object removed");
    return "processed";
  }
  const { followed, current } = await followObject(dependencies, work);
  if (followed !== "none" && followed !== "unchanged") return followed;
  const text = followed === "none" ? "object removed" : "another version was removed";
  context.log.info({ ...fieldsOf(object), current }, text);
  return "processed";
}

/** So often an object may change between the question what S3 serves and its download. */
const maxChanges = 3;

interface Followed {
  followed: ObjectEnd | "none" | "unchanged";
  /** The version that S3 serves. */
  current?: string;
}

/** The document follows its object: after a version or a delete marker was removed, S3 serves another version, or none. */
async function followObject(
  dependencies: FileProcessorDependencies,
  work: Work,
): Promise<Followed> {
  const { s3, store } = dependencies;
  const { object, key, context } = work;
  for (let changes = 0; changes < maxChanges; changes += 1) {
    const found = await currentVersion(s3, object, context.signal);
    context.signal.throwIfAborted();
    if (found === undefined) {
      await store.removeDocument(key, object);
      return { followed: "none" };
    }
    const { versionId } = found;
    if (isLasting(versionId) && (await store.isCurrent(key, { ...object, versionId }))) {
      return { followed: "unchanged", current: versionId };
    }
    context.log.info({ ...fieldsOf(object), current: versionId }, "another version is current");
    const end = await unlessGone(
      indexObject(dependencies, { ...work, object: { ...object, versionId } }),
    );
    if (end !== "gone") return { followed: end, current: versionId };
  }
  throw new Error("the object is replaced and deleted again and again while it is read");
}

/** The version "null" of a bucket whose versioning is suspended is overwritten, so its content may be another. */
const isLasting = (versionId: string | undefined): versionId is string =>
  versionId !== undefined && versionId !== "null";

async function unlessGone(end: Promise<ObjectEnd>): Promise<ObjectEnd | "gone"> {
  return end.catch((error: unknown) => {
    if (error instanceof ObjectGoneError) return "gone";
    throw error;
  });
}

/** Indexes what the object contains. An empty one is taken out of the index: it may have had a text before. */
async function indexObject(
  dependencies: FileProcessorDependencies,
  { object, key, context }: Work,
): Promise<ObjectEnd> {
  const { store } = dependencies;
  const fields = fieldsOf(object);
  const record = await readObject(dependencies, object, context.signal);
  context.signal.throwIfAborted();
  if (record === "empty") {
    await store.removeDocument(key, object);
    context.log.info({ ...fields, why: "it is empty" }, logged.objectSkipped);
    return "skipped";
  }
  const outcome = await store.recordDocument(key, object, record);
  const { format, doubts } = record.metadata;
  context.log.info({ ...fields, outcome, format, doubts }, logged.objectIndexed);
  return doubts === undefined ? "processed" : "doubtful";
}

const fieldsOf = ({ bucket, key, versionId }: S3ObjectEvent) => ({ bucket, key, versionId });

/** One event of one object. S3 may send it twice, in two messages; both have the same sequencer. */
function workKey(object: S3ObjectEvent): string {
  const order = object.sequencer ?? object.eventTime.toISOString();
  return `object:${JSON.stringify([object.bucket, object.key, object.versionId ?? "", object.action, order])}`;
}
