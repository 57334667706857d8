import { type PropertyMap, Unknown } from "../values/property-value";
import type { Fault } from "./check";
import { checkInputs, defaultsKey, mustDeleteFirst, withoutInternal } from "./checked-inputs";
import type { Configuration } from "./configuration";
import { type Difference, differences } from "./diff";
import { IncompleteResourceError, messageOf } from "./failures";
import { completePrefix } from "./names";
import { notEmulatedProperties, notEmulatedTypes } from "./not-emulated";
import { findResourceType } from "./registry";
import type { ResourceContext, ResourceType } from "./resource-type";
import { anything, type Shape } from "./shape";
import {
  importedInputs,
  knownOnly,
  mergeState,
  plannedState,
  refreshInputs,
} from "./recorded-state";
import { asTags, ownTags, withoutSystemTags, updateTags } from "./tags";
import { containsUnknowns, isMap } from "../values/property-operations";
import { defined } from "./meaning";

export interface ResourceCall {
  urn: string;
  type: string;
  name: string;
}

export interface Logger {
  warn(message: string, urn: string): void;
  progress(message: string, urn: string): void;
}

/** The logic that all resource types share. Values here are not marked as secret; the server marks them. */
export class AwsProvider {
  private readonly cancellation = new AbortController();

  constructor(
    private readonly configuration: Configuration,
    private readonly log: Logger,
  ) {}

  shape(type: string): Shape {
    return findResourceType(type).shape;
  }

  check(
    call: ResourceCall,
    olds: PropertyMap,
    news: PropertyMap,
    seed: Uint8Array,
  ): { inputs: PropertyMap; failures: Fault[] } {
    const definition = findResourceType(call.type);
    return checkInputs(definition, call.name, this.configuration.region, olds, news, seed);
  }

  diff(
    call: ResourceCall,
    state: PropertyMap,
    news: PropertyMap,
    ignored: readonly string[],
  ): { found: Difference[]; deleteBeforeReplace: boolean } {
    const definition = findResourceType(call.type);
    const wanted = this.wanted(definition, news);
    const also = definition.alsoReplaces?.(state, wanted) ?? [];
    const found = differences(
      shapeOf(definition, state, wanted),
      state,
      wanted,
      withSuppressed(definition, state, wanted, ignored),
    ).map((one) => (also.includes(one.property) ? { ...one, replaces: true } : one));
    return { found, deleteBeforeReplace: mustDeleteFirst(definition, state, news) };
  }

  async create(
    call: ResourceCall,
    properties: PropertyMap,
    preview: boolean,
  ): Promise<{ id: string; state: PropertyMap }> {
    const definition = findResourceType(call.type);
    const inputs = this.wanted(definition, properties);
    if (preview) {
      const isRecordedOnly = notEmulatedTypes[definition.type] !== undefined;
      return { id: "", state: isRecordedOnly ? inputs : plannedState(definition.shape, inputs) };
    }
    this.warnNotEmulated(call, inputs);
    const rule = definition.name;
    const prefix = inputs[rule?.prefixProperty ?? ""];
    if (rule !== undefined && typeof prefix === "string" && inputs[rule.property] === undefined) {
      inputs[rule.property] = completePrefix(rule, prefix, inputs);
    }
    let created: string | undefined;
    const context = await this.context(call, inputs, (id) => (created = id));
    try {
      const id = await definition.create(inputs, context);
      created = id;
      return { id, state: await this.stateOf(definition, id, context, inputs, properties) };
    } catch (error) {
      if (created === undefined) throw error;
      const state = await this.stateOf(definition, created, context, inputs, properties).catch(
        () => inputs,
      );
      throw new IncompleteResourceError(created, state, properties, messageOf(error));
    }
  }

  /** Undefined when the resource is gone. */
  async read(
    call: ResourceCall,
    id: string,
    inputs: PropertyMap | undefined,
    state: PropertyMap,
  ): Promise<{ id: string; inputs: PropertyMap; state: PropertyMap } | undefined> {
    const definition = findResourceType(call.type);
    const isImport = Object.keys(state).length === 0 && Object.keys(inputs ?? {}).length === 0;
    const split = isImport ? definition.importId?.(id) : undefined;
    if (split !== undefined) id = split.id;
    const recorded = isImport
      ? ((split?.properties as PropertyMap) ?? {})
      : { ...inputs, ...state };
    const context = await this.context(call, recorded, () => undefined);
    const actual = await definition.read(id, context, withoutInternal(recorded));
    if (actual === undefined) return undefined;
    const now = this.complete(
      definition,
      context,
      withoutInternal(recorded),
      actual as PropertyMap,
    );
    if (isImport) {
      const found = importedInputs(definition.shape, now);
      for (const [key, property] of Object.entries(definition.shape)) {
        if (now[key] === undefined && property.default !== undefined) {
          now[key] = property.default;
        }
      }
      return {
        id: definition.idOf?.(now) ?? id,
        inputs: { ...found, [defaultsKey]: [] },
        state: now,
      };
    }
    return { id, inputs: refreshInputs(definition.shape, inputs ?? {}, now), state: now };
  }

  async update(
    call: ResourceCall,
    id: string,
    state: PropertyMap,
    properties: PropertyMap,
    ignored: readonly string[],
    preview: boolean,
  ): Promise<PropertyMap> {
    const definition = findResourceType(call.type);
    const inputs = this.wanted(definition, properties);
    const changed = new Set(
      differences(
        definition.shape,
        state,
        inputs,
        withSuppressed(definition, state, inputs, ignored),
      ).map(({ property }) => property),
    );
    if (preview) {
      const unknown = definition.unknownAfter?.(changed) ?? [];
      return {
        ...state,
        ...withoutInternal(inputs),
        ...Object.fromEntries(unknown.map((key) => [key, Unknown.value])),
      };
    }
    this.warnNotEmulated(call, inputs);
    const rule = definition.name;
    if (rule !== undefined) inputs[rule.property] ??= state[rule.property] ?? null;
    const context = await this.context(call, inputs, () => undefined);
    try {
      const { tags } = definition;
      if (tags !== undefined) ["tags", "tagsAll"].forEach((property) => changed.delete(property));
      if (changed.size > 0) await definition.update?.(id, inputs, { changed, old: state }, context);
      if (tags !== undefined) {
        const arn = typeof state.arn === "string" ? state.arn : "";
        await updateTags(
          asTags(state.tagsAll),
          asTags(inputs.tagsAll),
          (keys) => tags.remove(id, keys, context, arn),
          (wanted) => tags.put(id, wanted, context, arn),
        );
      }
      return await this.stateOf(definition, id, context, { ...state, ...inputs }, properties);
    } catch (error) {
      const now = await this.stateOf(definition, id, context, state, state).catch(() => state);
      throw new IncompleteResourceError(id, now, properties, messageOf(error));
    }
  }

  async delete(call: ResourceCall, id: string, state: PropertyMap): Promise<void> {
    const definition = findResourceType(call.type);
    const context = await this.context(call, state, () => undefined);
    await definition.delete(id, withoutInternal(state), context);
  }

  cancel(): void {
    this.cancellation.abort(new Error("cancelled"));
  }

  destroy(): void {
    this.configuration.destroy();
  }

  private async stateOf(
    definition: ResourceType,
    id: string,
    context: ResourceContext,
    inputs: PropertyMap,
    given: PropertyMap,
  ): Promise<PropertyMap> {
    const recorded = withoutInternal(inputs);
    // Values chosen by the cloud may have changed with this call.
    for (const key of Object.keys(recorded)) {
      if (given[key] === undefined && definition.shape[key]?.output !== true) delete recorded[key];
    }
    const actual = await definition.read(id, context, recorded);
    if (actual === undefined) {
      throw new Error(`${definition.type} ${id} does not exist right after it was written`);
    }
    return this.complete(definition, context, recorded, actual as PropertyMap);
  }

  /** The state after a read: own tags separated from default tags, the region, values in their recorded form. */
  private complete(
    definition: ResourceType,
    context: ResourceContext,
    recorded: PropertyMap,
    actual: PropertyMap,
  ): PropertyMap {
    const found = knownOnly(definition.shape, defined(actual));
    if (definition.shape.tagsAll !== undefined) {
      const all = withoutSystemTags(asTags(actual.tagsAll));
      found.tagsAll = all;
      found.tags = ownTags(all, this.configuration.defaultTags, asTags(recorded.tags));
    }
    if (definition.shape.region !== undefined) found.region = context.region;
    const prefix = definition.name?.prefixProperty;
    if (prefix !== undefined && recorded[prefix] !== undefined) found[prefix] = recorded[prefix];
    return mergeState(definition.type, definition.shape, recorded, found);
  }

  /** The checked inputs with all additions of the provider. */
  private wanted(definition: ResourceType, inputs: PropertyMap): PropertyMap {
    const wanted = withoutInternal(inputs);
    if (definition.shape.tagsAll !== undefined) {
      const { tags } = wanted;
      wanted.tagsAll =
        tags !== undefined && containsUnknowns(tags) && !isMap(tags)
          ? Unknown.value
          : { ...this.configuration.defaultTags, ...asTags(tags) };
    }
    return wanted;
  }

  private async context(
    call: ResourceCall,
    properties: PropertyMap,
    created: (id: string) => void,
  ): Promise<ResourceContext> {
    const region =
      typeof properties.region === "string" ? properties.region : this.configuration.region;
    const { accountId } = await this.configuration.callerIdentity();
    return {
      clients: this.configuration.clients(region),
      region,
      accountId,
      name: call.name,
      signal: this.cancellation.signal,
      created,
      warn: (message) => this.log.warn(message, call.urn),
      progress: (message) => this.log.progress(message, call.urn),
    };
  }

  private warnNotEmulated(call: ResourceCall, inputs: PropertyMap): void {
    for (const [path, reason] of Object.entries(notEmulatedProperties[call.type] ?? {})) {
      if (inputs[path] !== undefined) {
        this.log.warn(
          `not emulated: ${path} of ${call.type} (${reason}); it is only recorded`,
          call.urn,
        );
      }
    }
  }
}

const withSuppressed = (
  definition: ResourceType,
  state: PropertyMap,
  wanted: PropertyMap,
  ignored: readonly string[],
): readonly string[] => [...ignored, ...(definition.suppresses?.(state, wanted) ?? [])];

/** A type that is only recorded has the shape of its inputs. */
const shapeOf = (definition: ResourceType, ...said: PropertyMap[]): Shape =>
  notEmulatedTypes[definition.type] === undefined
    ? definition.shape
    : Object.fromEntries(said.flatMap(Object.keys).map((key) => [key, anything()]));
