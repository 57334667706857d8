import type * as pulumi from "@pulumi/pulumi";
import { systemOutputsVersion, type SystemOutputs } from "../contracts/stack-outputs";
import type { Severity } from "./alarms/alarm-spec";
import type { Deployment } from "./deployment";
import type { Described, OutputPart, Unresolved } from "./described";

export interface SystemOutputArgs {
  deployment: Deployment;
  components: readonly Described[];
  /** Topic ARN by severity. */
  topics: Record<Severity, pulumi.Input<string>>;
  dashboardName?: pulumi.Input<string>;
}

type Kind = keyof OutputPart;

/** The parts of one kind by their short names. A name that two components use gets the component's logical name
 *  in front, as in "workers-release-guard". */
function partsOf<K extends Kind>(kind: K, components: readonly Described[]) {
  const parts = components.flatMap(({ key, output }) =>
    Object.entries(output[kind] ?? {}).map(([name, part]) => ({ key, name, part })),
  );
  const isUnique = (name: string) => parts.filter((part) => part.name === name).length === 1;
  return Object.fromEntries(
    parts.map(({ key, name, part }) => [isUnique(name) ? name : `${key}-${name}`, part]),
  ) as Unresolved<SystemOutputs>[K];
}

/** The single output of a system, `system`, in the form of the contract. It combines the outputs of its
 *  components. */
export function systemOutput({ deployment, components, topics, dashboardName }: SystemOutputArgs): {
  system: Unresolved<SystemOutputs>;
} {
  return {
    system: {
      version: systemOutputsVersion,
      ...deployment,
      queues: partsOf("queues", components),
      functions: partsOf("functions", components),
      fleets: partsOf("fleets", components),
      pipelines: partsOf("pipelines", components),
      buckets: partsOf("buckets", components),
      alarms: components.flatMap(({ alarms }) => alarms),
      topics,
      dashboardName,
    },
  };
}
