import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { queueDepths } from "../local/alarms";
import type { DeployedResource } from "./deployed-resource";
import { localCommand } from "./pulumi-local";
import { deadLetterReasons, queueOf } from "./observe";
import type { Rehearsal } from "./rehearsal";
import type { DepthSample } from "./report/depth-chart";
import type { AlarmState, DeadLetter } from "./report/report";

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

/** The dead-letter queue's messages with their reasons, by object key. */
export async function readDeadLetters(rehearsal: Rehearsal): Promise<DeadLetter[]> {
  if (!rehearsal.has("system")) return [];
  const reasons = await deadLetterReasons(rehearsal, queueOf(rehearsal).deadLetter.url);
  return [...reasons]
    .map(([key, reason]) => ({ key, reason }))
    .sort((a, b) => a.key.localeCompare(b.key));
}

/** The system's alarms with their states now. Those in ALARM are first. */
export async function readAlarms(rehearsal: Rehearsal): Promise<AlarmState[]> {
  if (!rehearsal.has("system")) return [];
  const client = new CloudWatchClient(rehearsal.client());
  const states = new Map<string, string>();
  for await (const page of paginateDescribeAlarms({ client }, {})) {
    for (const { AlarmName = "", StateValue = "" } of page.MetricAlarms ?? []) {
      states.set(AlarmName, StateValue);
    }
  }
  client.destroy();
  return rehearsal
    .get("system")
    .alarms.map(({ name, severity, meaning, runbookUrl }) => ({
      ...{ name, severity, meaning, runbookUrl },
      state: states.get(name) ?? "missing",
    }))
    .sort((a, b) => Number(b.state === "ALARM") - Number(a.state === "ALARM"));
}
