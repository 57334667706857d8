import { queueDepths } from "../local/alarms";
import type { DeployedResource } from "./deployed-resource";
import { localCommand } from "./pulumi-local";
import { queueOf } from "./observe";
import type { Rehearsal } from "./rehearsal";
import type { DepthSample } from "./report/depth-chart";

/** The deployed resources, from `stack export`. Empty if nothing is deployed. */
export async function readResources(): Promise<DeployedResource[]> {
  const { stdout, exitCode } = await localCommand(["stack", "export"]);
  if (exitCode !== 0) return [];
  const { deployment } = JSON.parse(stdout) as {
    deployment: { resources?: Partial<DeployedResource>[] };
  };
  return (deployment.resources ?? []).map(({ urn = "", type = "", id, outputs = {} }) => ({
    urn,
    type,
    ...(id === undefined ? {} : { id }),
    outputs,
  }));
}

/** Depths of the queue and its dead-letter queue since the start of the rehearsal. */
export async function readDepths(rehearsal: Rehearsal): Promise<DepthSample[]> {
  if (!rehearsal.has("system")) return [];
  const { accountId, region } = rehearsal.get("system");
  const { endpoint } = rehearsal.get("cloud");
  const queue = queueOf(rehearsal);
  const series = await Promise.all(
    [queue.name, queue.deadLetter.name].map(async (name) => {
      const depths = await queueDepths(
        { endpoint, accountId, region },
        name,
        new Date(rehearsal.start),
      );
      return depths.map(({ time, visible, inFlight }) => ({
        time: time.getTime(),
        queue: name,
        messages: visible + inFlight,
      }));
    }),
  );
  return series.flat();
}
