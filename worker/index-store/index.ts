export { openIndexStore } from "./connect";
export type { DocumentRecord } from "./document-row";
export { IndexStore } from "./index-store";
