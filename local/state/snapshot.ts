import { createHash } from "node:crypto";
import type { CheckpointValues } from "./checkpoint-values";
import type { DeploymentV3, ResourceV3 } from "./deployment";
import { normalizeUrns } from "./normalize-urns";
import type { StepOperation } from "../values/events";
import { equalMaps, equalValues } from "../values/property-operations";
import { writeResource, type ResourceState } from "./resource-state";

/** The version of Pulumi that this engine follows. The official CLI refuses a state of a newer version. */
const pulumiVersion = "v3.260.0";

const pendingTypes: Partial<Record<StepOperation, string>> = {
  create: "creating",
  "create-replacement": "creating",
  update: "updating",
  delete: "deleting",
  "delete-replaced": "deleting",
  discard: "deleting",
  "discard-replaced": "deleting",
  read: "reading",
  "read-replacement": "reading",
  import: "importing",
  "import-replacement": "importing",
};

/** The data of a step that is needed to save its result. */
interface RecordedStep {
  readonly operation: StepOperation;
  readonly resource: ResourceState;
  readonly old: ResourceState | undefined;
  readonly next: ResourceState | undefined;
  readonly why?: unknown;
}

/** The state of the stack while an operation changes it: resources done so far, then those of the old state
 *  without a step so far. In this order every resource comes after its dependencies. */
export class SnapshotManager {
  private readonly fresh: ResourceState[] = [];
  private readonly done = new Set<ResourceState>();
  private readonly pending = new Map<ResourceState, string>();
  private saving: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private isElided = false;
  private current: DeploymentV3 | undefined;

  constructor(
    private base: ResourceState[],
    private readonly stored: {
      base: DeploymentV3 | undefined;
      save(deployment: DeploymentV3): Promise<void>;
    },
    private readonly values: CheckpointValues,
  ) {}

  /** After a refresh: the new state. */
  rebase(resources: ResourceState[]): void {
    this.base = resources;
    this.isElided = true;
  }

  async begin(step: RecordedStep): Promise<void> {
    const type = pendingTypes[step.operation];
    if (type === undefined) return;
    this.pending.set(step.resource, type);
    await this.save();
  }

  /** `kept`: the step succeeded, or it failed but the resource exists. */
  async end(step: RecordedStep, kept: boolean): Promise<void> {
    const wasPending = this.pending.delete(step.resource);
    if (!kept) return wasPending ? this.save() : undefined;
    const { old, next } = step;
    switch (step.operation) {
      case "same":
        return this.endSame(step);
      case "create":
      case "create-replacement":
        if (next !== undefined) this.fresh.push(next);
        if (old?.pendingReplacement === true) this.done.add(old);
        break;
      case "import":
      case "import-replacement":
        if (next !== undefined) this.fresh.push(next);
        break;
      case "update":
      case "read":
      case "read-replacement":
        // A resource that a read replaces stays in the old part, marked for deletion.
        if (old !== undefined && !old.delete) this.done.add(old);
        if (next !== undefined) this.fresh.push(next);
        break;
      case "delete":
      case "delete-replaced":
      case "discard":
      case "discard-replaced":
        if (old !== undefined && !old.pendingReplacement) this.done.add(old);
        break;
      case "remove-pending-replace":
        if (old !== undefined) this.done.add(old);
        break;
      default:
        return;
    }
    await this.save();
  }

  /** Outputs that a component registered after its own step. */
  async outputsChanged(step: RecordedStep): Promise<void> {
    const { old, next } = step;
    const same =
      old !== undefined && next !== undefined && equalMaps(old.outputs ?? {}, next.outputs ?? {});
    if (same) this.isElided = true;
    else await this.save();
  }

  /** Writes postponed minor changes, and returns the final state. */
  async finish(): Promise<DeploymentV3> {
    if (this.isElided || this.current === undefined) await this.save();
    return this.current ?? this.deployment();
  }

  private async endSame(step: RecordedStep): Promise<void> {
    const { old, next } = step;
    if (old === undefined || next === undefined) return;
    this.done.add(old);
    if (step.why === "skippedCreate") return;
    this.fresh.push(next);
    if (mustWrite(old, next)) await this.save();
    else this.isElided = true;
  }

  /** One save at a time. All changes during a save are written by the next one. */
  private save(): Promise<void> {
    if (this.next !== undefined) return this.next;
    const before = this.saving ?? Promise.resolve();
    const next = before
      .catch(() => undefined)
      .then(async () => {
        this.next = undefined;
        this.saving = next;
        this.isElided = false;
        this.current = await this.deployment();
        await this.stored.save(this.current);
      });
    this.next = next;
    return next;
  }

  private async deployment(): Promise<DeploymentV3> {
    const resources = normalizeUrns([
      ...this.fresh.filter((state) => !this.done.has(state)),
      ...this.base.filter((state) => !this.done.has(state)),
    ]);
    const written: ResourceV3[] = [];
    for (const resource of resources) written.push(await writeResource(resource, this.values));
    assertIntegrity(written);
    const { secrets_providers, metadata } = this.stored.base ?? {};
    const pending = await this.pendingOperations();
    return {
      manifest: {
        time: new Date().toISOString(),
        magic: createHash("sha256").update(pulumiVersion).digest("hex"),
        version: pulumiVersion,
      },
      ...(secrets_providers === undefined ? {} : { secrets_providers }),
      ...(written.length === 0 ? {} : { resources: written }),
      ...(pending.length === 0 ? {} : { pending_operations: pending }),
      metadata: metadata ?? {},
    };
  }

  /** Pending creates of an interrupted operation are kept in the state, because the resource may exist. */
  private async pendingOperations(): Promise<{ resource: ResourceV3; type: string }[]> {
    const operations: { resource: ResourceV3; type: string }[] = [];
    for (const [state, type] of this.pending) {
      operations.push({ resource: await writeResource(state, this.values), type });
    }
    const earlier = this.stored.base?.pending_operations ?? [];
    return [...operations, ...earlier.filter(({ type }) => type === "creating")];
  }
}

/** Whether a resource that stays the same differs in what the state keeps about it. */
export function mustWrite(old: ResourceState, next: ResourceState): boolean {
  const plain = (state: ResourceState) =>
    JSON.stringify([
      state.urn,
      state.type,
      state.custom,
      state.customTimeouts,
      state.retainOnDelete,
      state.provider,
      state.parent,
      state.deletedWith,
      state.replaceWith,
      state.resourceHooks,
      state.protect,
      [...state.dependencies].sort(),
    ]);
  return (
    plain(old) !== plain(next) ||
    !equalValues(old.replacementTrigger, next.replacementTrigger) ||
    !equalMaps(old.inputs, next.inputs) ||
    !equalMaps(old.outputs ?? {}, next.outputs ?? {})
  );
}

/** A state in which a resource comes before its dependency is invalid and is not saved. */
function assertIntegrity(resources: ResourceV3[]): void {
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const resource of resources) {
    const { urn, parent, provider, dependencies = [], propertyDependencies = {} } = resource;
    const providerUrn = provider?.slice(0, provider.lastIndexOf("::"));
    const needed = [
      parent,
      providerUrn,
      ...dependencies,
      ...Object.values(propertyDependencies).flat(),
    ];
    for (const need of new Set(needed)) {
      if (need !== undefined && need !== "" && !seen.has(need)) {
        faults.push(`${urn} comes before ${need}, which it needs`);
      }
    }
    seen.add(urn);
  }
  if (faults.length > 0) {
    throw new Error(`The state of the stack would be broken:\n  - ${faults.join("\n  - ")}`);
  }
}
