export { allow, topicFunction, type DeployedFunction } from "./topic-function";
