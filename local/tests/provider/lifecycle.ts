import { createHash } from "node:crypto";
import { expect } from "chai";
import { Archive, Asset, type PropertyMap } from "../../values/property-value";
import { type DiffResult, replaces } from "../../provider-client/provider";
import { resourceTypes } from "../../provider/registry";
import type { ProviderUnderTest } from "./provider-under-test";

/** A resource as a stack's state has it. */
export interface Recorded {
  urn: string;
  id: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
}

/** Runs the lifecycle of one resource as the engine does: every step over the protocol. */
export class Resource {
  readonly urn: string;

  constructor(
    private readonly under: ProviderUnderTest,
    readonly type: string,
    name: string,
  ) {
    this.urn = `urn:pulumi:dev::files::${type}::${name}`;
  }

  async check(news: PropertyMap, olds?: PropertyMap) {
    return this.under.provider.check({
      urn: this.urn,
      news,
      ...(olds === undefined ? {} : { olds }),
      allowUnknowns: true,
      randomSeed: createHash("sha256").update(this.urn).digest(),
    });
  }

  async checked(news: PropertyMap, olds?: PropertyMap): Promise<PropertyMap> {
    const { inputs, failures } = await this.check(news, olds);
    expect(failures, `faults of ${this.urn}`).to.deep.equal([]);
    return inputs;
  }

  async create(news: PropertyMap): Promise<Recorded> {
    const inputs = await this.checked(news);
    const { id, outputs } = await this.under.provider.create({
      urn: this.urn,
      inputs,
      timeoutSeconds: 0,
      preview: false,
    });
    return { urn: this.urn, id, inputs, outputs };
  }

  async diff(
    recorded: Recorded,
    news: PropertyMap,
    ignoreChanges: string[] = [],
  ): Promise<DiffResult> {
    return this.under.provider.diff({
      urn: this.urn,
      id: recorded.id,
      oldInputs: recorded.inputs,
      oldOutputs: recorded.outputs,
      newInputs: await this.checked(news, recorded.inputs),
      allowUnknowns: true,
      ignoreChanges,
    });
  }

  async update(
    recorded: Recorded,
    news: PropertyMap,
    ignoreChanges: string[] = [],
  ): Promise<Recorded> {
    const inputs = await this.checked(news, recorded.inputs);
    const { outputs } = await this.under.provider.update({
      urn: this.urn,
      id: recorded.id,
      oldInputs: recorded.inputs,
      oldOutputs: recorded.outputs,
      newInputs: inputs,
      timeoutSeconds: 0,
      ignoreChanges,
      preview: false,
    });
    return { ...recorded, inputs, outputs };
  }

  /** As refresh does it; undefined when the resource is gone. */
  async refresh(recorded: Recorded): Promise<Recorded | undefined> {
    const { id, inputs, outputs } = await this.under.provider.read({
      ...recorded,
      timeoutSeconds: 0,
    });
    return id === ""
      ? undefined
      : {
          urn: this.urn,
          id,
          inputs: withContents(inputs ?? {}, recorded.inputs),
          outputs: withContents(outputs ?? {}, recorded.outputs),
        };
  }

  async import(id: string): Promise<Recorded | undefined> {
    return this.refresh({ urn: this.urn, id, inputs: {}, outputs: {} });
  }

  async delete(recorded: Recorded): Promise<void> {
    await this.under.provider.delete({ ...recorded, timeoutSeconds: 0 });
  }
}

/** Names and ids of what was prepared around a resource. */
export type Prepared = Record<string, string>;
type Dependent<T> = T | ((prepared: Prepared) => T);

export interface Life {
  type: string;
  /** Creates what the resource needs around it; its answer is handed to the functions below. */
  prepare?(under: ProviderUnderTest): Promise<Prepared>;
  inputs: Dependent<PropertyMap>;
  /** Outputs right after the creation, over and above the inputs. */
  outputs?(id: string, prepared: Prepared): PropertyMap;
  /** Changes in place, one after the other. */
  updates?: Dependent<PropertyMap[]>;
  /** Changes that force a replacement. */
  replacements?: Dependent<PropertyMap[]>;
  /** What an import cannot know and the next update therefore sends. */
  importShows?: string[];
  /** What an import takes as the id, where it is not the id itself. */
  importId?(id: string, prepared: Prepared): string;
  /** What a program has to say differently (null: not at all) to match an import. */
  importedAs?: PropertyMap;
  /** Exists also after a delete (an attribute that every resource has). */
  isNeverGone?: boolean;
}

/** The one test every resource type has to pass. */
export function itLives(life: Life, under: () => ProviderUnderTest): void {
  const prepared: { values: Prepared } = { values: {} };
  const of = <T extends object>(value: Dependent<T>): T =>
    typeof value === "function" ? value(prepared.values) : value;

  describe(life.type, () => {
    let resource: Resource;
    let recorded: Recorded;
    let inputs: PropertyMap;

    const expectNoDiff = async (state: Recorded, news: PropertyMap) => {
      const diff = await resource.diff(state, news);
      expect(diff.detailedDiff ?? {}).to.deep.equal({});
      expect(diff.changes).to.equal("none");
    };
    const expectQuietRefresh = async () => {
      const refreshed = await resource.refresh(recorded);
      expect(refreshed?.outputs).to.deep.equal(recorded.outputs);
      expect(refreshed?.inputs).to.deep.equal(recorded.inputs);
    };

    before(async () => {
      prepared.values = (await life.prepare?.(under())) ?? {};
      inputs = of(life.inputs);
      resource = new Resource(
        under(),
        life.type,
        `it-${life.type.replace(/\W+/g, "-")}`.slice(0, 40),
      );
    });

    it("previews a create without creating", async () => {
      const checked = await resource.checked(inputs);
      const preview = await under().provider.create({
        urn: resource.urn,
        inputs: checked,
        timeoutSeconds: 0,
        preview: true,
      });
      expect(preview.id).to.equal("");
      for (const key of Object.keys(inputs)) {
        expect(preview.outputs[key], key).to.deep.equal(checked[key]);
      }
    });

    it("is created as the program says, and reads back the same", async () => {
      recorded = await resource.create(inputs);
      expect(recorded.id).not.to.equal("");
      for (const key of Object.keys(inputs)) {
        expect(recorded.outputs[key], key).to.deep.equal(recorded.inputs[key]);
      }
      const shape = resourceTypes.find(({ type }) => type === life.type)?.shape ?? {};
      const outputs = Object.keys(shape).filter((key) => shape[key]?.output === true);
      expect(Object.keys(recorded.outputs)).to.include.members(outputs);
      for (const [key, value] of Object.entries(
        life.outputs?.(recorded.id, prepared.values) ?? {},
      )) {
        expect(recorded.outputs[key], key).to.deep.equal(value);
      }
      await expectQuietRefresh();
      await expectNoDiff(recorded, inputs);
    });

    const { replacements, updates } = life;
    if (updates !== undefined) {
      it("is updated in place, each property", async () => {
        for (const change of of(updates)) {
          const news = merged(inputs, change);
          const diff = await resource.diff(recorded, news);
          const topLevel = new Set(
            Object.keys(diff.detailedDiff ?? {}).map((path) => path.split(/[.[]/)[0]),
          );
          for (const key of Object.keys(change)) expect([...topLevel], key).to.include(key);
          expect(replaces(diff), JSON.stringify(diff.replaceKeys)).to.equal(false);
          recorded = await resource.update(recorded, news);
          inputs = news;
          for (const [key, value] of Object.entries(change)) {
            if (value === null) continue;
            expect(recorded.outputs[key], key).to.deep.equal(recorded.inputs[key]);
          }
          await expectQuietRefresh();
          await expectNoDiff(recorded, inputs);
        }
      });
    }

    if (replacements !== undefined) {
      it("is replaced where it cannot be changed", async () => {
        for (const replacement of of(replacements)) {
          const diff = await resource.diff(recorded, merged(inputs, replacement));
          expect(diff.replaceKeys).to.include.members(Object.keys(replacement));
        }
      });
    }

    it("is imported by its id", async () => {
      const imported = await resource.import(
        life.importId?.(recorded.id, prepared.values) ?? recorded.id,
      );
      expect(imported?.id).to.equal(recorded.id);
      const program = merged(inputs, life.importedAs ?? {});
      const diff = await resource.diff(imported as Recorded, program);
      expect(Object.keys(diff.detailedDiff ?? {})).to.deep.equal(life.importShows ?? []);
      const unknowable = life.importShows ?? [];
      if (unknowable.length === 0) await resource.checked(imported?.inputs ?? {}, {});
      expect(imported?.inputs).to.include.keys(
        Object.keys(program).filter(
          (key) => !isPlainDefault(program[key]) && !unknowable.includes(key),
        ),
      );
    });

    it("is deleted, and deleted again without complaint", async () => {
      await resource.delete(recorded);
      if (life.isNeverGone !== true) expect(await resource.refresh(recorded)).to.equal(undefined);
      await resource.delete(recorded);
    });
  });
}

const isPlainDefault = (value: unknown) =>
  value === false || value === 0 || value === "" || (Array.isArray(value) && value.length === 0);

const merged = (inputs: PropertyMap, change: PropertyMap): PropertyMap =>
  Object.fromEntries(
    Object.entries({ ...inputs, ...change }).filter(([, value]) => value !== null),
  );

/** The engine sends only hashes of what was uploaded before, and puts the content back itself. */
const withContents = (properties: PropertyMap, before: PropertyMap): PropertyMap =>
  Object.fromEntries(
    Object.entries(properties).map(([key, value]) => {
      const was = before[key];
      const isContent = value instanceof Asset || value instanceof Archive;
      const wasContent = was instanceof Asset || was instanceof Archive;
      const isSame = isContent && wasContent && value.hash === was.hash;
      return [key, isSame ? was : value];
    }),
  );
