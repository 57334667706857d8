export { openIndexStore, readDatabaseUrl, type IndexStoreOptions } from "./connect";
export type { DocumentRecord } from "./document-row";
export { IndexStore, type IndexOutcome, type ObjectEvent, type SearchResult } from "./index-store";
