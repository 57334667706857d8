import { dependenciesOf, type ResourceState } from "../state/resource-state";

/** What --target, --exclude and --replace say, as URNs. */
export interface SelectionOptions {
  targets?: readonly string[];
  /** Resources that depend on a target are targets too. */
  targetDependents?: boolean;
  excludes?: readonly string[];
  /** Resources that depend on an excluded one are excluded too. */
  excludeDependents?: boolean;
  replaces?: readonly string[];
}

/** Which resources an operation is about. */
export class Selection {
  readonly targets: ReadonlySet<string> | undefined;
  private readonly excludes: ReadonlySet<string>;
  private readonly replaces: ReadonlySet<string>;
  /** With the dependents that were met so far. */
  private readonly reached: Set<string>;

  constructor(private readonly options: SelectionOptions = {}) {
    this.targets = options.targets === undefined ? undefined : new Set(options.targets);
    this.excludes = new Set(options.excludes);
    this.replaces = new Set(options.replaces);
    this.reached = new Set(options.targets ?? options.excludes);
  }

  get isLimited(): boolean {
    return this.targets !== undefined || this.excludes.size > 0;
  }

  /** What the user named. */
  get named(): string[] {
    return [...(this.targets ?? []), ...this.excludes, ...this.replaces];
  }

  get withTargetDependents(): boolean {
    return this.options.targetDependents === true;
  }

  get withExcludeDependents(): boolean {
    return this.options.excludeDependents === true;
  }

  /** To be asked in the order of the dependencies, because a dependent follows what it depends on. */
  includes(resource: ResourceState): boolean {
    if (!this.isLimited) return true;
    const { targetDependents, excludeDependents } = this.options;
    const follows = this.targets === undefined ? excludeDependents : targetDependents;
    const isReached =
      this.reached.has(resource.urn) ||
      (follows === true &&
        [...dependenciesOf(resource), resource.parent].some((urn) => this.reached.has(urn)));
    if (isReached) this.reached.add(resource.urn);
    return this.targets === undefined ? !isReached : isReached;
  }

  isExcluded(urn: string): boolean {
    return this.excludes.has(urn);
  }

  isReplaced(urn: string): boolean {
    return this.replaces.has(urn);
  }
}
