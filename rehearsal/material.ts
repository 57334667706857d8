import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DeployedResource } from "./deployed-resource";
import { localCommand } from "./pulumi-local";
import { rehearsalHome } from "./rehearsal";
import type { DepthSample } from "./report/depth-chart";

/** What was deployed, as the engine's own export tells it; nothing where nothing was. */
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
