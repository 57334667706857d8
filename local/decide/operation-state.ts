import { DependencyGraph } from "../state/dependency-graph";
import type { Goal } from "../state/goal";
import { HookRegistry } from "../steps/hooks/hook-registry";
import { StepHooks } from "../steps/hooks/step-hooks";
import type { PolicyHost } from "../policy/policy-host";
import type { ProviderRegistry } from "../provider-client/provider-registry";
import type { Reporter } from "../steps/reporter";
import type { ResourceState } from "../state/resource-state";
import type { Selection } from "./selection";
import type { StepContext } from "../steps/step";

export interface OperationScope {
  dryRun: boolean;
  stack: string;
  project: string;
  selection: Selection;
  policies: PolicyHost | undefined;
}

/** The data of an operation: the old state, and the decisions so far. */
export class OperationState implements StepContext {
  /** By URN, without the resources that are still to be deleted. */
  readonly olds: ReadonlyMap<string, ResourceState>;
  readonly graph: DependencyGraph;

  readonly urns = new Set<string>();
  readonly reads = new Set<string>();
  readonly creates = new Set<string>();
  readonly updates = new Set<string>();
  readonly replaced = new Set<string>();
  readonly imports = new Set<string>();
  readonly sames = new Set<string>();
  readonly deletes = new Set<string>();
  readonly skippedCreates = new Set<string>();

  /** States whose deletion is scheduled already. */
  readonly pendingDeletes = new Set<ResourceState>();
  /** Provider resources registered in this operation. */
  readonly providerStates = new Map<string, ResourceState>();
  /** Why a dependent was replaced together with its dependency. */
  readonly dependentReplaceKeys = new Map<string, string[]>();
  /** From the old URN to the new URN that has it as an alias, and from new to old. */
  readonly aliased = new Map<string, string>();
  readonly aliases = new Map<string, string>();

  /** The resources after this operation, in the order of their steps. */
  readonly news = new Map<string, ResourceState>();
  readonly readStates = new Map<string, ResourceState>();
  readonly goals = new Map<string, Goal>();

  readonly hookRegistry = new HookRegistry();
  readonly hooks = new StepHooks(this.hookRegistry, this);

  /** Reports an error. A preview continues, so that it can show all errors. */
  sawError = false;

  constructor(
    readonly scope: OperationScope,
    readonly previous: ResourceState[],
    readonly providers: ProviderRegistry,
    readonly reporter: Reporter,
  ) {
    this.olds = new Map(
      previous.filter((state) => !state.delete).map((state) => [state.urn, state]),
    );
    this.graph = new DependencyGraph(previous);
  }

  get dryRun(): boolean {
    return this.scope.dryRun;
  }

  warn(urn: string, message: string): void {
    this.reporter.message("warning", message, urn);
  }

  error(urn: string, message: string): void {
    this.reporter.message("error", message, urn);
    this.sawError = true;
  }

  get selection(): Selection {
    return this.scope.selection;
  }

  /** Whether the program still registers the resource, possibly under another URN. */
  isOperatedOn(oldUrn: string): boolean {
    const urn = this.aliased.get(oldUrn) ?? oldUrn;
    return [this.sames, this.updates, this.replaced, this.reads].some((set) => set.has(urn));
  }

  hasStep(urn: string): boolean {
    return [this.creates, this.sames, this.updates, this.deletes, this.replaced, this.reads].some(
      (set) => set.has(urn),
    );
  }
}

/** The operation cannot continue. The error has already been reported. */
export class Bail extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Bail";
  }
}
