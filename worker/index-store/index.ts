export { openIndexStore, readDatabaseUrl, type IndexStoreOptions } from "./connect";
export type { DocumentRecord, ObjectEvent } from "./document-row";
export { IndexStore, type IndexOutcome, type SearchResult } from "./index-store";
