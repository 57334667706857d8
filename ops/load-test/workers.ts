import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "../cli/fault";
import { consumersOf } from "../dlq/consumers";
import { isPaused } from "../estate/mapping-state";
import type { DeployedQueue } from "../estate/queue-of";

/** What works on a queue. */
export interface Workers {
  /** Names of functions and fleets. */
  names: string[];
  logGroups: string[];
  /** Whether machines are among them. */
  hasFleet: boolean;
}

/** Throws if nothing works on the queue now: then the messages would only wait. */
export async function workersOf({ outputs, access, key, queue }: DeployedQueue): Promise<Workers> {
  const consumers = await consumersOf(access, queue.arn);
  if (consumers === undefined) {
    throw new OpsError(
      `Nothing was sent: Lambda does not say which functions work on ${queue.name}. The command needs lambda:ListEventSourceMappings.`,
    );
  }
  const fleets = Object.entries(outputs.fleets).filter(([, fleet]) => fleet.queue === key);
  const paused = consumers.filter(({ state }) => isPaused(state));
  if (paused.length > 0 && paused.length === consumers.length && fleets.length === 0) {
    throw new OpsError(
      `Nothing was sent: ${paused.map(({ functionName }) => functionName).join(", ")} is paused (its event source mapping is disabled), so the messages would only wait in ${queue.name}. If back-pressure has paused it, see docs/runbooks/mapping-paused.md; if somebody has disabled it, docs/runbooks/mapping-disabled.md.`,
    );
  }
  if (consumers.length + fleets.length === 0) {
    throw new OpsError(
      `Nothing was sent: neither a function nor a fleet works on ${queue.name}, so the messages would only wait there. Choose the queue of a worker.`,
      exitCodes.configuration,
    );
  }
  const logGroupOf = (name: string) =>
    Object.values(outputs.functions).find((one) => one.name === name)?.logGroupName ??
    `/aws/lambda/${name}`;
  return {
    hasFleet: fleets.length > 0,
    names: [
      ...consumers.map(({ functionName }) => functionName),
      ...fleets.map(([, { autoScalingGroupName }]) => autoScalingGroupName),
    ],
    logGroups: [
      ...consumers.map(({ functionName }) => logGroupOf(functionName)),
      ...fleets.map(([, { logGroupName }]) => logGroupName),
    ],
  };
}
