import type * as pulumi from "@pulumi/pulumi";
import type { SystemOutputs } from "../contracts/stack-outputs";
import type { Shown } from "./dashboard/system-dashboard";

/** A type of the contract before an update: any value may still be an output. */
export type Unresolved<T> = T extends (infer Element)[]
  ? Unresolved<Element>[]
  : T extends object
    ? { [Key in keyof T]: Unresolved<T[Key]> }
    : pulumi.Input<T>;

/** Parts of a system's output, by kind and then by the component's logical name. */
export type OutputPart = Partial<
  Pick<Unresolved<SystemOutputs>, "queues" | "functions" | "fleets" | "pipelines" | "buckets">
>;

/** What every component says of itself, so that a system only puts components together. */
export interface Described extends Shown {
  readonly output: OutputPart;
}
