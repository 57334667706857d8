import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { queueDepths } from "../local/alarms";
import type { DeployedResource } from "./deployed-resource";
import { localCommand } from "./pulumi-local";
import type { DepthSample } from "./report/depth-chart";
import type { AlarmState } from "./report/report";
import type { SystemRun } from "./system-run";

/** The deployed resources, from `stack export`. Empty if nothing is deployed. */
export async function readResources(run: SystemRun): Promise<DeployedResource[]> {
  const { stdout, exitCode } = await localCommand(run, ["stack", "export"]);
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

/** Depths of queue pairs since the start of the rehearsal. */
export async function readDepths(run: SystemRun, keys: readonly string[]): Promise<DepthSample[]> {
  const system = run.find("system");
  if (system === undefined) return [];
  const { accountId, region, queues } = system;
  const { endpoint } = run.cloud;
  const names = keys.flatMap((key) => {
    const queue = queues[key];
    return queue === undefined ? [] : [queue.name, queue.deadLetter.name];
  });
  const series = await Promise.all(
    names.map(async (name) => {
      const depths = await queueDepths(
        { endpoint, accountId, region },
        name,
        new Date(run.rehearsal.start),
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

/** The system's alarms with their states now. Those in ALARM are first. */
export async function readAlarms(run: SystemRun): Promise<AlarmState[]> {
  const system = run.find("system");
  if (system === undefined) return [];
  const client = new CloudWatchClient(run.client());
  const states = new Map<string, string>();
  for await (const page of paginateDescribeAlarms({ client }, {})) {
    for (const { AlarmName = "", StateValue = "" } of page.MetricAlarms ?? []) {
      states.set(AlarmName, StateValue);
    }
  }
  client.destroy();
  return system.alarms
    .map(({ name, severity, meaning, runbookUrl }) => ({
      ...{ name, severity, meaning, runbookUrl },
      state: states.get(name) ?? "missing",
    }))
    .sort((a, b) => Number(b.state === "ALARM") - Number(a.state === "ALARM"));
}
