export { BundledFunction } from "./bundled-function";
export type { BundledFunctionArgs } from "./function-arguments";
export { topicFunction } from "./topic-function";
