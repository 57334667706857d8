export { topicFunction } from "./topic-function";
