export { createFileProcessor, type FileProcessorDependencies } from "./file-processor";
