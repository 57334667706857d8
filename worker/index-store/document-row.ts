import type { Insertable } from "kysely";
import type { DocumentMetadata } from "../extract/document";
import { characterPairs, normaliseText, storable } from "./normalise";
import type { DocumentsTable } from "./schema";
import { normaliseSequencer } from "./sequencer";

export interface ObjectEvent {
  bucket: string;
  key: string;
  versionId?: string;
  /** S3's order of events on one key; without it the event counts as the newest. */
  sequencer?: string;
}

export interface DocumentRecord {
  eTag?: string;
  /** The version that was read. */
  versionId?: string;
  contentType: string;
  title?: string;
  text: string;
  metadata: DocumentMetadata;
}

export function documentRow(
  event: ObjectEvent,
  record: DocumentRecord,
): Insertable<DocumentsTable> {
  const title = record.title === undefined ? null : normaliseText(record.title);
  const name = normaliseText(title === null ? event.key : `${event.key}\n${title}`);
  const text = normaliseText(record.text);
  return {
    ...identity(event),
    version_id: record.versionId ?? event.versionId ?? null,
    etag: record.eTag ?? null,
    size: record.metadata.bytes,
    content_type: record.contentType,
    title,
    name,
    text,
    metadata: JSON.stringify(record.metadata, (_name, value: unknown) =>
      typeof value === "string" ? storable(value) : value,
    ),
    pairs: characterPairs(name, text),
    removed_at: null,
  };
}

export function removedRow(event: ObjectEvent): Insertable<DocumentsTable> {
  return {
    ...identity(event),
    version_id: event.versionId ?? null,
    etag: null,
    size: 0,
    content_type: "",
    title: null,
    name: "",
    text: "",
    metadata: "{}",
    pairs: [],
    removed_at: new Date(),
  };
}

function identity(event: ObjectEvent) {
  return {
    bucket: event.bucket,
    key: event.key,
    sequencer: normaliseSequencer(event.sequencer),
  };
}
