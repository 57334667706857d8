import type * as pulumi from "@pulumi/pulumi";
import type { SystemOutputs } from "../contracts/stack-outputs";
import type { DashboardPart } from "./dashboard/system-dashboard";

/** A type of the contract, in which any value may still be an output. */
export type Unresolved<T> = T extends (infer Element)[]
  ? Unresolved<Element>[]
  : T extends object
    ? { [Key in keyof T]: Unresolved<T[Key]> }
    : pulumi.Input<T>;

/** Parts of a system's output, by kind and then by the component's logical name. */
export type OutputPart = Partial<
  Pick<Unresolved<SystemOutputs>, "queues" | "functions" | "fleets" | "pipelines" | "buckets">
>;

/** How every component describes itself, so that a system only has to combine components. */
export interface Described extends DashboardPart {
  readonly output: OutputPart;
}
