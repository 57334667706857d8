import { randomUUID } from "node:crypto";
import type { PropertyMap } from "../values/property-value";
import { equalMaps } from "../values/property-operations";
import type {
  CheckRequest,
  CheckResult,
  DiffRequest,
  DiffResult,
  PackageProvider,
  Provider,
  ReadResult,
} from "./provider";
import { replaces } from "./provider";
import type { ResourceState } from "../state/resource-state";
import {
  isProviderType,
  parseProviderReference,
  parseUrn,
  providerPackage,
  providerReference,
  unknownId,
} from "../values/urn";

/** Inputs that only the engine uses. */
const internalKey = "__internal";

/** All providers of an operation, by reference. It is also the provider of provider resources: creating one
 *  starts and configures a plugin, deleting one stops it. */
export class ProviderRegistry implements Provider {
  private readonly configured = new Map<string, PackageProvider>();
  /** Checked providers that the next step configures. */
  private readonly unconfigured = new Map<string, PackageProvider>();
  private readonly loading = new Map<string, Promise<void>>();
  private readonly aliases = new Map<string, string>();

  constructor(
    private readonly start: (packageName: string) => Promise<PackageProvider>,
    /** The resources of the old state, including those to be deleted. */
    private readonly previous: () => ResourceState[],
  ) {}

  get(reference: string): PackageProvider | undefined {
    return this.configured.get(reference);
  }

  /** The provider of the resource. If the resource is itself a provider, it is this registry. */
  managerOf(resource: { urn: string; type: string; provider: string }): Provider {
    if (isProviderType(resource.type)) return this;
    const provider = this.get(resource.provider);
    if (provider !== undefined) return provider;
    throw new Error(`unknown provider '${resource.provider}' for resource '${resource.urn}'`);
  }

  /** Loads a provider of the old state, because the provider that created a resource must delete it. */
  async ensure(reference: string): Promise<void> {
    if (reference === "" || this.configured.has(reference)) return;
    const { urn, id } = parseProviderReference(reference);
    const state = this.previous().find((old) => old.urn === urn && old.id === id);
    if (state === undefined) {
      throw new Error(`could not find provider ${reference} in the state of the stack`);
    }
    const loading = this.loading.get(reference) ?? this.same(state, false);
    this.loading.set(reference, loading);
    await loading;
  }

  /** Configures a provider resource that did not change. */
  async same(state: ResourceState, fromCheck: boolean): Promise<void> {
    const reference = providerReference(state.urn, state.id);
    if (this.configured.has(reference)) return;
    const provider =
      (fromCheck ? this.takeUnconfigured(state.urn) : undefined) ?? (await this.load(state.urn));
    await configure(provider, state.urn, state.id, state.inputs);
    this.add(state.urn, state.id, provider);
  }

  /** Resources of the old state still name the provider by its old URN. */
  registerAlias(urn: string, alias: string): void {
    this.aliases.set(urn, alias);
  }

  async check(request: CheckRequest): Promise<CheckResult> {
    const provider = await this.load(request.urn);
    const result = await provider.checkConfig({
      urn: request.urn,
      news: withoutInternal(request.news),
      ...(request.olds === undefined ? {} : { olds: withoutInternal(request.olds) }),
    });
    if (result.failures.length > 0) {
      await provider.close();
      return result;
    }
    await this.takeUnconfigured(request.urn)?.close();
    this.unconfigured.set(request.urn, provider);
    const { version, [internalKey]: internal } = request.news;
    return {
      inputs: {
        ...result.inputs,
        ...(version === undefined ? {} : { version }),
        ...(internal === undefined ? {} : { [internalKey]: internal }),
      },
      failures: [],
    };
  }

  async diff(request: DiffRequest): Promise<DiffResult> {
    const provider =
      this.unconfigured.get(request.urn) ?? this.get(providerReference(request.urn, request.id));
    if (provider === undefined) throw new Error(`The provider ${request.urn} is not loaded`);
    const newInputs = withoutInternal(request.newInputs);
    const diff = await provider.diffConfig({
      urn: request.urn,
      oldInputs: withoutInternal(request.oldInputs),
      oldOutputs: request.oldOutputs,
      newInputs,
      ignoreChanges: request.ignoreChanges,
    });
    if (diff.changes !== "unknown") return diff;
    return { ...diff, changes: equalMaps(request.oldOutputs, newInputs) ? "none" : "some" };
  }

  async create(request: { urn: string; inputs: PropertyMap; preview: boolean }) {
    const provider = this.takeUnconfigured(request.urn) ?? (await this.load(request.urn));
    const id = request.preview ? unknownId : randomUUID();
    const outputs = withoutInternal(request.inputs);
    await configure(provider, request.urn, id, outputs);
    this.add(request.urn, id, provider);
    return { id, outputs };
  }

  async update(request: { urn: string; id: string; newInputs: PropertyMap }) {
    const provider = this.takeUnconfigured(request.urn) ?? (await this.load(request.urn));
    const outputs = withoutInternal(request.newInputs);
    await configure(provider, request.urn, request.id, outputs);
    const old = this.get(providerReference(request.urn, request.id));
    this.add(request.urn, request.id, provider);
    await old?.close();
    return { outputs };
  }

  async delete(request: { urn: string; id: string }): Promise<void> {
    const reference = providerReference(request.urn, request.id);
    const provider = this.configured.get(reference);
    this.configured.delete(reference);
    await provider?.close();
  }

  read(request: { urn: string }): Promise<ReadResult> {
    return Promise.reject(new Error(`provider resources may not be read (${request.urn})`));
  }

  /** Whether the new provider cannot manage the resources of the old one. */
  async mustReplace(reference: string, old: ResourceState, fresh: ResourceState): Promise<boolean> {
    const provider = this.get(reference);
    if (provider === undefined) throw new Error(`unknown provider '${reference}'`);
    const diff = await provider.diffConfig({
      urn: fresh.urn,
      oldInputs: withoutInternal(old.inputs),
      oldOutputs: old.outputs ?? {},
      newInputs: withoutInternal(fresh.inputs),
      ignoreChanges: [],
    });
    return replaces(diff);
  }

  async close(): Promise<void> {
    const all = new Set([...this.configured.values(), ...this.unconfigured.values()]);
    await Promise.all([...all].map((provider) => provider.close()));
  }

  private load(urn: string): Promise<PackageProvider> {
    return this.start(providerPackage(parseUrn(urn).type));
  }

  private add(urn: string, id: string, provider: PackageProvider): void {
    this.configured.set(providerReference(urn, id), provider);
    const alias = this.aliases.get(urn);
    if (alias !== undefined) this.configured.set(providerReference(alias, id), provider);
  }

  private takeUnconfigured(urn: string): PackageProvider | undefined {
    const provider = this.unconfigured.get(urn);
    this.unconfigured.delete(urn);
    return provider;
  }
}

function configure(provider: PackageProvider, urn: string, id: string, inputs: PropertyMap) {
  return provider.configure({ urn, id, inputs: withoutInternal(inputs) });
}

function withoutInternal(inputs: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== internalKey));
}
