import { apiProbeSchema, type ApiProbe } from "../../contracts/api-probe";
import type { ArgumentFaults } from "../argument-faults";

/** Longest time that a request of a probe may take, so that a call with several ends in time. Seconds. */
export const longestProbeSeconds = 25;

/** Adds the faults of a probe to those of a component's other arguments. */
export function checkProbe(faults: ArgumentFaults, field: string, probe: ApiProbe): void {
  for (const { path, message } of apiProbeSchema.safeParse(probe).error?.issues ?? [])
    faults.require(false, `${[field, ...path].join(".")}: ${message}`);
  faults.require(
    probe.timeoutSeconds <= longestProbeSeconds,
    `${field}.timeoutSeconds is ${probe.timeoutSeconds}; a probe may take at most ${longestProbeSeconds} seconds`,
  );
}
