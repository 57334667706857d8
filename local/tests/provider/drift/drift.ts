import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import type { PropertyMap } from "../../../values/property-value";
import type { Clients } from "../../../provider/clients";
import { resourceTypes } from "../../../provider/registry";
import type { Property } from "../../../provider/shape";
import { Resource, type Prepared, type Recorded } from "../lifecycle";
import { startProvider, type ProviderUnderTest } from "../provider-under-test";

export type ByHand = (clients: Clients, id: string, prepared: Prepared) => Promise<unknown>;

/** Manual changes of a resource outside of Pulumi, one for each property. */
export interface Drift {
  type: string;
  /** Tells apart the resources that a type needs because not all properties go together. */
  variant?: string;
  prepare?(under: ProviderUnderTest): Promise<Prepared>;
  /** Everything that is changed below has to be said here, or to have a default. */
  inputs: PropertyMap | ((prepared: Prepared) => PropertyMap);
  /** By the property's path, without indexes and keys: what changes it, and nothing else. */
  byHand?: Record<string, ByHand>;
  /** Properties that cannot change alone, and what changes with them. */
  changesWith?: Record<string, string[]>;
  /** What the resource is: AWS has no call that changes it. */
  fixed?: string[];
  /** Outputs that go on with every repair. */
  counters?: string[];
  /** By what is removed. The second and further ones take along what the resource belongs to. */
  removals: Record<string, ByHand>;
}

/** Calls for one service function and a table of what it is told. */
export const each = <T>(
  table: Record<string, T>,
  call: (clients: Clients, id: string, change: T, prepared: Prepared) => Promise<unknown>,
): Record<string, ByHand> =>
  Object.fromEntries(
    Object.entries(table).map(([path, change]) => [
      path,
      (clients, id, prepared) => call(clients, id, change, prepared),
    ]),
  );

/** Tables by service, each in an account of its own. */
export function itSeesDrifts(services: Record<string, Drift[]>): void {
  for (const [service, drifts] of Object.entries(services)) {
    describe(`by hand: ${service}`, () => {
      let under: ProviderUnderTest;
      before(async () => (under = await startProvider()));
      after(() => under.close());
      for (const drift of drifts) itSeesDrift(drift, () => under);
    });
  }
}

/** The test of manual changes: every change is detected in the right property and nowhere else, and is repaired;
 *  a deleted resource is detected and created again. */
function itSeesDrift(drift: Drift, under: () => ProviderUnderTest): void {
  const { byHand = {}, changesWith = {}, counters = [] } = drift;

  describe(drift.variant === undefined ? drift.type : `${drift.type}, ${drift.variant}`, () => {
    let prepared: Prepared;
    let resource: Resource;
    let inputs: PropertyMap;
    let recorded: Recorded;

    const prepareAndCreate = async () => {
      prepared = (await drift.prepare?.(under())) ?? {};
      inputs = typeof drift.inputs === "function" ? drift.inputs(prepared) : drift.inputs;
      resource = new Resource(under(), drift.type, `drifting-${drift.variant ?? "one"}`);
      recorded = await resource.create(inputs);
      await expectQuiet();
    };
    const expectQuiet = async () => {
      const found = (await resource.refresh(recorded)) ?? recorded;
      expect((await resource.diff(found, inputs)).detailedDiff ?? {}).to.deep.equal({});
    };
    before(prepareAndCreate);

    const withoutCounters = (outputs: PropertyMap) =>
      Object.fromEntries(Object.entries(outputs).filter(([key]) => !counters.includes(key)));

    /** What is wrong with how one change is seen and repaired; undefined when nothing is. */
    const faultOf = async (path: string, change: ByHand): Promise<string | undefined> => {
      await change(under().clients, recorded.id, prepared);
      const drifted = await resource.refresh(recorded);
      if (drifted === undefined) return "reported as deleted";
      const diff = await resource.diff(drifted, inputs);
      const shown = new Set(
        Object.keys(diff.detailedDiff ?? {}).map((at) => pathInShape(drift.type, at)),
      );
      const allowed = [path, ...(changesWith[path] ?? []), ...(path === "tags" ? ["tagsAll"] : [])];
      const covers = (at: string, leaf: string) => leaf === at || leaf.startsWith(`${at}.`);
      const others = [...shown].filter((at) => !allowed.some((leaf) => covers(at, leaf)));
      if (![...shown].some((at) => covers(at, path)))
        return `shown at ${[...shown].join() || "nothing"}`;
      if (others.length > 0) return `shown at ${others.join()} too`;
      if (diff.replaceKeys.length > 0) {
        await resource.delete(drifted);
        recorded = await resource.create(inputs);
        return undefined;
      }
      const before = withoutCounters(recorded.outputs);
      recorded = await resource.update(drifted, inputs);
      const now = withoutCounters(recorded.outputs);
      return isDeepStrictEqual(now, before)
        ? undefined
        : `not repaired: ${JSON.stringify(now)}, before ${JSON.stringify(before)}`;
    };

    if (Object.keys(byHand).length > 0) {
      it("detects each manual change of a property and nothing else, and repairs it", async () => {
        const faults: string[] = [];
        for (const [path, change] of Object.entries(byHand)) {
          const fault = await faultOf(path, change).catch(
            (error: unknown) => `fails: ${error instanceof Error ? error.message : String(error)}`,
          );
          if (fault === undefined) continue;
          faults.push(`${path} is ${fault}`);
          await resource.delete(recorded).catch(() => undefined);
          recorded = await resource.create(inputs).catch(() => recorded);
        }
        expect(faults.join("\n")).to.equal("");
      });
    }

    for (const [what, remove] of Object.entries(drift.removals)) {
      it(`detects that ${what} was deleted, and creates it again`, async () => {
        await remove(under().clients, recorded.id, prepared);
        expect(await resource.refresh(recorded)).to.equal(undefined);
        await resource.delete(recorded);
        if (what === "it") recorded = await resource.create(inputs);
        else await prepareAndCreate();
        await expectQuiet();
      });
    }
  });
}

/** `rules[0].tags["a.b"]` as `rules.tags`: the property, whatever the element. */
function pathInShape(type: string, path: string): string {
  const steps = path.match(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]|[^.[\]]+/g) ?? [];
  const found: string[] = [];
  let fields = resourceTypes.find((known) => known.type === type)?.shape;
  let within: Property | undefined;
  for (const step of steps) {
    if (step.startsWith("[")) continue;
    if (within?.kind === "map") break;
    within = fields?.[step];
    fields = within?.fields ?? within?.element?.fields;
    found.push(step);
  }
  return found.join(".");
}
