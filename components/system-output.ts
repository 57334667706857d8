import * as pulumi from "@pulumi/pulumi";
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

const kinds = ["queues", "functions", "fleets", "pipelines", "buckets"] as const;

/** The single output of a system, `system`, in the form of the contract. It combines the outputs of its
 *  components. */
export function systemOutput({ deployment, components, topics, dashboardName }: SystemOutputArgs): {
  system: Unresolved<SystemOutputs>;
} {
  const outputs = components.map(({ output }) => output);
  assertNamesOnce(outputs);
  const all = <Kind extends (typeof kinds)[number]>(kind: Kind) =>
    Object.assign({}, ...outputs.map((output) => output[kind])) as Unresolved<SystemOutputs>[Kind];
  return {
    system: {
      version: systemOutputsVersion,
      ...deployment,
      queues: all("queues"),
      functions: all("functions"),
      fleets: all("fleets"),
      pipelines: all("pipelines"),
      buckets: all("buckets"),
      alarms: components.flatMap(({ alarms }) => alarms),
      topics,
      dashboardName,
    },
  };
}

function assertNamesOnce(outputs: readonly OutputPart[]): void {
  const names = kinds.flatMap((kind) =>
    outputs.flatMap((output) => Object.keys(output[kind] ?? {}).map((key) => `${kind}.${key}`)),
  );
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) {
    throw new pulumi.RunError(
      `Two components have the output ${[...new Set(twice)].join(", ")}; give one of them another logical name`,
    );
  }
}
