export type { DocumentMetadata, FileFormat } from "./document";
export type { Extraction } from "./extract";
export { Extractor, type ExtractorOptions } from "./extractor";
export { defaultLimits, type ExtractionLimits } from "./limits";
export { serveExtraction } from "./thread";
