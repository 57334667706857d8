export { LambdaWorker } from "./lambda-worker";
export { workerRanges as lambdaWorkerRanges, type WorkerSource } from "./lambda-worker-arguments";
