export { topicFunction, type DeployedFunction } from "./topic-function";
