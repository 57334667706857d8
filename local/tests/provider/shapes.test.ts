import { expect } from "chai";
import {
  notEmulatedProperties,
  neverOutput,
  notReadBack,
  onlyRecorded,
} from "../../provider/not-emulated";
import { resourceTypes } from "../../provider/registry";
import type { Shape } from "../../provider/shape";
import { type OfficialField, officialType } from "./official-types";

/** Faults of a shape against the official one: names it does not have, and other requirements. */
function faults(shape: Shape, official: Record<string, OfficialField>, path: string): string[] {
  return Object.entries(shape).flatMap(([key, property]) => {
    if (property.output === true) return [];
    const at = path === "" ? key : `${path}.${key}`;
    const field = official[key];
    if (field === undefined) return [`${at} is no official input`];
    const kind = property.kind === "json" ? "string" : property.kind;
    const nested = property.fields ?? property.element?.fields;
    return [
      ...(field.required === (property.required === true)
        ? []
        : [`${at} is ${field.required ? "required" : "optional"} officially`]),
      ...(field.scalar === undefined || field.scalar === kind
        ? []
        : [`${at} is a ${kind}, officially a ${field.scalar}`]),
      ...(nested === undefined ? [] : faults(nested, field.fields ?? {}, at)),
    ];
  });
}

/** Every property and field by its path. */
const pathsOf = (shape: Shape, path = ""): string[] =>
  Object.entries(shape).flatMap(([key, property]) => {
    const nested = property.fields ?? property.element?.fields ?? {};
    return [`${path}${key}`, ...pathsOf(nested, `${path}${key}.`)];
  });

describe("provider: shapes", () => {
  for (const { type, shape } of resourceTypes) {
    it(`${type} has only inputs and outputs of the official provider, required where they are`, () => {
      const official = officialType(type);
      expect(official.outputs, "outputs of the SDK's class").not.to.have.length(0);
      expect(faults(shape, official.inputs, "")).to.deep.equal([]);
      expect([...official.outputs]).to.include.members(Object.keys(shape));
      const missing = Object.entries(official.inputs).filter(
        ([key, { required }]) => required && shape[key] === undefined,
      );
      expect(missing).to.deep.equal([]);
    });
  }

  for (const { type, shape } of resourceTypes) {
    it(`${type} has every output of the official provider that is no input, or says why not`, () => {
      const { inputs, outputs } = officialType(type);
      const pure = [...outputs].filter((key) => inputs[key] === undefined);
      const listed = Object.keys(neverOutput[type] ?? {});
      expect(pure.filter((key) => shape[key] === undefined)).to.have.members(listed);
    });
  }

  it("list as not emulated, not read back or only recorded what exists", () => {
    const known = new Map(resourceTypes.map(({ type, shape }) => [type, pathsOf(shape)]));
    for (const table of [notEmulatedProperties, notReadBack, onlyRecorded]) {
      for (const [type, properties] of Object.entries(table)) {
        expect(known.get(type), type).to.include.members(Object.keys(properties));
      }
    }
  });
});
