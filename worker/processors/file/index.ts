export { createFileProcessor } from "./file-processor";
