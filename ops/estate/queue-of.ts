import { exitCodes } from "../../contracts/exit-codes";
import type { SystemOutputs } from "../../contracts/stack-outputs";
import { OpsError } from "../cli/fault";
import { deployedSystem, knownSystems, type DeployedSystem } from "./system";

export interface DeployedQueue extends DeployedSystem {
  /** Key of `queues` in the system's output. */
  key: string;
  queue: SystemOutputs["queues"][string];
}

/** The queue pair that is named `system/key`, or by the physical name of one of its two queues. */
export async function deployedQueue(
  environment: string,
  name: string,
  options: { local: boolean },
): Promise<DeployedQueue> {
  const [system = "", key] = name.split("/", 2);
  if (key === undefined) return byPhysicalName(environment, name, options);
  const deployed = await deployedSystem(environment, system, options);
  const queue = deployed.outputs.queues[key];
  if (queue !== undefined) return { ...deployed, key, queue };
  throw new OpsError(
    `${system} has no queue "${key}". Its queues: ${namesOf(deployed)}.`,
    exitCodes.configuration,
  );
}

async function byPhysicalName(
  environment: string,
  name: string,
  options: { local: boolean },
): Promise<DeployedQueue> {
  const tried = await Promise.allSettled(
    knownSystems().map((system) => deployedSystem(environment, system, options)),
  );
  const deployed = tried.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  for (const one of deployed) {
    for (const [key, queue] of Object.entries(one.outputs.queues)) {
      if ([queue.name, queue.deadLetter.name].includes(name)) return { ...one, key, queue };
    }
  }
  // A system that is not deployed here has no queues; anything else may hide the queue that was meant.
  const fault = tried.find((one) => one.status === "rejected" && !isNotDeployed(one.reason));
  if (fault?.status === "rejected") throw fault.reason as Error;
  const known = deployed.map(namesOf).filter((text) => text !== "");
  throw new OpsError(
    `There is no queue "${name}" in ${environment}. The queues: ${known.join(", ") || "none"}.`,
    exitCodes.configuration,
  );
}

const isNotDeployed = (error: unknown): boolean =>
  error instanceof OpsError && error.exitCode === exitCodes.stackNotFound;

const namesOf = ({ outputs: { system, queues } }: DeployedSystem): string =>
  Object.entries(queues)
    .map(([key, { name }]) => `${system}/${key} (${name})`)
    .join(", ");
