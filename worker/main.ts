import { isMainThread } from "node:worker_threads";
import { describeError } from "./job/describe-error";
import { readEnvironment } from "./environment";
import { serveExtraction } from "./extract";
import { openOutput } from "./output";
import { queueName } from "./consumer/queue-name";
import { runWorker } from "./run-worker";

/** Exit code of the worker when its environment is not usable. */
const exitConfiguration = 2;

async function main(): Promise<void> {
  let environment;
  try {
    environment = readEnvironment(process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : describeError(error)}\n`);
    process.exit(exitConfiguration);
  }
  const output = openOutput({ queue: queueName(environment.QUEUE_URL) });
  try {
    process.exit(await runWorker(environment, output));
  } catch (error) {
    output.log.fatal({ err: error }, `the worker could not start: ${describeError(error)}`);
    process.exit(1);
  }
}

// The bundle is one file, so the threads that read files start from here too.
if (isMainThread) {
  void main();
} else {
  serveExtraction();
}
