export type { Extraction } from "./extract";
export { Extractor } from "./extractor";
export { defaultLimits, type ExtractionLimits } from "./limits";
export { serveExtraction } from "./thread";
