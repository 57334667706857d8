import { reportSeconds } from "../../contracts/worker-metrics";
import type { Scope } from "../cloud/scope";

/** On a faster clock, a minute of the alarms is shorter than the time between two reports of a worker. The cloud then repeats
 *  the metrics in this log stream, so that each of the alarms' minutes has as many reports as on AWS. `clockSpeed` undefined:
 *  no longer, the worker has ended. */
export async function repeatReports(
  { endpoint, accountId: account, region }: Scope,
  logs: { group: string; stream: string },
  clockSpeed: number | undefined,
): Promise<void> {
  const everySeconds = clockSpeed === undefined ? null : reportSeconds / clockSpeed;
  const response = await fetch(`${endpoint}/_local/repeat-reports`, {
    method: "POST",
    body: JSON.stringify({ account, region, ...logs, reportSeconds, everySeconds }),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}
