import {
  faultsAcrossVariables,
  type WorkerEnvironment,
  workerEnvironmentSchema,
} from "../contracts/worker-environment";
import { commandFault } from "./processors/command";
import { variableFault } from "./variable-fault";

/** What a variable looks like when it is right, which is shown with the fault. */
const examples: Record<string, string> = {
  QUEUE_URL: "https://sqs.ap-northeast-1.amazonaws.com/123456789012/file-processing-queue-dev",
  DLQ_URL: "https://sqs.ap-northeast-1.amazonaws.com/123456789012/file-processing-dlq-dev",
  AWS_REGION: "ap-northeast-1",
  VISIBILITY_TIMEOUT_SECONDS: "900",
  JOB_TIMEOUT_SECONDS: "840",
  MAX_RECEIVE_COUNT: "3",
  PROCESSOR: "file",
  PROCESSOR_COMMAND: '["python3","process.py"]',
  METRICS_NAMESPACE: "CISFileSearch/Worker",
  DATABASE_URL_PARAMETER: "/file-search/dev/database-url",
};

/** Reads the worker's environment; throws one error that names every fault. */
export function readEnvironment(variables: NodeJS.ProcessEnv): WorkerEnvironment {
  const parsed = workerEnvironmentSchema.safeParse(variables);
  const faults = new Map<string, string>();
  for (const { path, message } of parsed.error?.issues ?? []) {
    faults.set(String(path[0]), message);
  }
  for (const { variable, rule } of faultsAcrossVariables(variables)) {
    faults.set(variable, rule);
  }
  const command = parsed.data?.PROCESSOR === "command" ? parsed.data.PROCESSOR_COMMAND : undefined;
  const fault = command === undefined ? undefined : commandFault(command);
  if (fault !== undefined) {
    faults.set("PROCESSOR_COMMAND", fault);
  }
  if (parsed.data === undefined || faults.size > 0) {
    throw new WorkerEnvironmentError(
      [...faults].map(([name, rule]) => variableFault(name, variables[name], rule, examples[name])),
    );
  }
  return parsed.data;
}

export class WorkerEnvironmentError extends Error {
  override readonly name = "WorkerEnvironmentError";
  constructor(faults: string[]) {
    super(`Invalid worker environment:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
  }
}
