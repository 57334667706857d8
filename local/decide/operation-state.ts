import { DependencyGraph } from "../state/dependency-graph";
import type { Goal } from "../state/goal";
import { HookRegistry } from "../steps/hooks/hook-registry";
import { StepHooks } from "../steps/hooks/step-hooks";
import type { PolicyHost } from "../policy/policy-host";
import type { ProviderRegistry } from "../provider-client/provider-registry";
import type { Reporter } from "../steps/reporter";
import type { ResourceState } from "../state/resource-state";
import type { StepContext } from "../steps/step";

export interface OperationScope {
  dryRun: boolean;
  stack: string;
  project: string;
  /** URNs the operation is limited to. */
  targets: ReadonlySet<string> | undefined;
  policies: PolicyHost | undefined;
}

/** What an operation knows: the old state, and what it has decided so far. */
export class OperationState implements StepContext {
  /** By URN; the ones that wait to be deleted are not among them. */
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
  /** Why a dependent was replaced along with what it depends on. */
  readonly dependentReplaceKeys = new Map<string, string[]>();
  /** Old URN to the new one that claimed it by an alias, and the other way round. */
  readonly aliased = new Map<string, string>();
  readonly aliases = new Map<string, string>();

  /** Resources as this operation leaves them, in the order in which they were done. */
  readonly news = new Map<string, ResourceState>();
  readonly readStates = new Map<string, ResourceState>();
  readonly goals = new Map<string, Goal>();

  readonly hookRegistry = new HookRegistry();
  readonly hooks = new StepHooks(this.hookRegistry, this);

  /** Something is wrong that does not end a preview at once, so that it can show all there is. */
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

  isTarget(urn: string): boolean {
    return this.scope.targets === undefined || this.scope.targets.has(urn);
  }

  /** Whether the program still has the resource, perhaps under another URN. */
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

/** The operation cannot go on, and whoever must know has been told. */
export class Bail extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Bail";
  }
}
