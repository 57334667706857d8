import type { ResourceContext } from "../resource-type";
import { waitUntil } from "../../process/wait";
import { readGroup } from "./autoscaling-read";

/** Seconds in a Go duration such as "10m" or "1h30m"; "0" is none. */
export function durationSeconds(text: string): number {
  const units: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (text !== "0" && parts.map(([whole]) => whole).join("") !== text) {
    throw new Error(`waitForCapacityTimeout is ${text}; it must be a duration such as 10m, or 0`);
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0), 0);
}

/** Waits until as many machines are in service as the group should have, none included. */
export async function waitForCapacity(
  name: string,
  wanted: {
    minSize: number;
    maxSize: number;
    desiredCapacity?: number;
    waitForCapacityTimeout?: string;
  },
  { clients, signal, progress }: ResourceContext,
): Promise<void> {
  const seconds = durationSeconds(wanted.waitForCapacityTimeout ?? "10m");
  if (seconds === 0) return;
  const target = wanted.desiredCapacity ?? wanted.minSize;
  let last = "";
  await waitUntil(
    async () => {
      const instances = (await readGroup(clients, name))?.Instances ?? [];
      const ready = instances.filter(
        ({ LifecycleState, HealthStatus }) =>
          LifecycleState === "InService" && HealthStatus === "Healthy",
      ).length;
      const state = `${ready} of ${target} machines of ${name} in service`;
      if (state !== last) progress((last = state));
      return wanted.maxSize === 0 ? instances.length === 0 : ready >= target;
    },
    {
      what: `the capacity of ${name}`,
      withinMs: seconds * 1000,
      everyMs: 500,
      givenUpWhen: () => (signal.aborted ? "cancelled" : undefined),
    },
  );
}
