export { createCommandProcessor } from "./command-processor";
export { commandFault } from "./command-files";
