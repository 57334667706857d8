export { AlarmEvaluator, type AlarmEvaluatorOptions } from "./evaluator";
export { queueDepths, type QueueDepth } from "./queue-depths";
