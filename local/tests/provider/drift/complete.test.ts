import { expect } from "chai";
import { notEmulatedProperties, notReadBack, onlyRecorded } from "../../../provider/not-emulated";
import { resourceTypes } from "../../../provider/registry";
import type { ResourceType } from "../../../provider/resource-type";
import type { Shape } from "../../../provider/shape";
import { data, machines } from "./";

const drifts = Object.values({ ...data, ...machines }).flat();

/** Every property that a program can set, by its path; of objects the fields. */
const settable = (shape: Shape, path = ""): string[] =>
  Object.entries(shape).flatMap(([key, property]) => {
    if (property.output === true) return [];
    const fields = property.fields ?? property.element?.fields;
    return fields === undefined ? [`${path}${key}`] : settable(fields, `${path}${key}.`);
  });

const listed = (type: string) =>
  [notEmulatedProperties, notReadBack, onlyRecorded].flatMap((table) =>
    Object.keys(table[type] ?? {}),
  );

/** Properties that identify a resource. With another value it is another resource. */
const names = ({ name }: ResourceType) => ["region", name?.property, name?.prefixProperty];

describe("provider: manual changes", () => {
  for (const definition of resourceTypes) {
    const { type, shape } = definition;
    it(`is known for ${type}: each property is changed by a test, fixed, or listed as not seen`, () => {
      const ofType = drifts.filter((drift) => drift.type === type);
      const changed = ofType.flatMap(({ byHand = {} }) => Object.keys(byHand));
      const fixed = ofType.flatMap((drift) => drift.fixed ?? []);
      const known = [...changed, ...fixed, ...listed(type), ...names(definition)];
      const covered = (path: string) =>
        known.some((one) => one !== undefined && (one === path || path.startsWith(`${one}.`)));
      expect(settable(shape).filter((path) => !covered(path))).to.deep.equal([]);
      // What is only in the state cannot be deleted by hand.
      const inCloud = settable(shape).filter(
        (path) => ![...listed(type), ...names(definition)].includes(path),
      );
      const removals = ofType.flatMap((drift) => Object.keys(drift.removals));
      expect(removals.length > 0, "is deleted by hand in a test").to.equal(inCloud.length > 0);
      const twice = [...changed, ...fixed].filter((path) => listed(type).includes(path));
      expect(twice, "tested and listed as not seen").to.deep.equal([]);
    });
  }
});
