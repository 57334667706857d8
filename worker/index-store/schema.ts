import type { ColumnType, JSONColumnType } from "kysely";
import type { FinishedOutcome } from "../consumer/finished-work";
import type { DocumentMetadata } from "../extract/document";

type GeneratedColumn<T> = ColumnType<T, T | undefined, T>;

export interface DocumentsTable {
  bucket: string;
  key: string;
  version_id: string | null;
  etag: string | null;
  sequencer: string;
  /** PostgreSQL's bigint comes back as text: it may be more than a number holds. */
  size: ColumnType<string, number, number>;
  content_type: string;
  title: string | null;
  name: string;
  text: string;
  metadata: JSONColumnType<DocumentMetadata>;
  pairs: string[];
  indexed_at: GeneratedColumn<Date>;
  removed_at: Date | null;
}

export interface FinishedWorkTable {
  key: string;
  outcome: FinishedOutcome;
  finished_at: GeneratedColumn<Date>;
}

export interface UnstartedDeliveriesTable {
  message_id: string;
  count: number;
  last_at: GeneratedColumn<Date>;
}

export interface IndexSchema {
  documents: DocumentsTable;
  finished_work: FinishedWorkTable;
  unstarted_deliveries: UnstartedDeliveriesTable;
}
