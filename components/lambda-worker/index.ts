export { LambdaWorker } from "./lambda-worker";
export { workerRanges as lambdaWorkerRanges } from "./lambda-worker-arguments";
