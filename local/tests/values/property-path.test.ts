import { expect } from "chai";
import { contains, parsePropertyPath, resetProperty } from "../../values/property-path";
import { Secret, type PropertyMap } from "../../values/property-value";

describe("engine: property paths", () => {
  it("reads names, indexes, quoted names and wildcards", () => {
    expect(parsePropertyPath("root.nested")).to.deep.equal(["root", "nested"]);
    expect(parsePropertyPath('tags["a.b"]')).to.deep.equal(["tags", "a.b"]);
    expect(parsePropertyPath('["say \\"x\\""].y')).to.deep.equal(['say "x"', "y"]);
    expect(parsePropertyPath("rules[0].prefix[*]")).to.deep.equal(["rules", 0, "prefix", "*"]);
    expect(parsePropertyPath("root.[1]")).to.deep.equal(["root", 1]);
    expect(parsePropertyPath("#initerror")).to.deep.equal(["#initerror"]);
    expect(parsePropertyPath("a..b]c")).to.deep.equal(["a", "b]c"]);
  });

  it("refuses what is no path", () => {
    for (const text of [".a", "a[", 'a["b', "a[x]", "a."]) {
      expect(() => parsePropertyPath(text), text).to.throw("is not a property path");
    }
  });

  it("knows what lies within what", () => {
    const path = parsePropertyPath("rules[1].prefix");
    expect(contains(parsePropertyPath("rules"), path)).to.equal(true);
    expect(contains(parsePropertyPath("rules[*].prefix"), path)).to.equal(true);
    expect(contains(parsePropertyPath("rules[0]"), path)).to.equal(false);
    expect(contains(parsePropertyPath("rules[1].prefix.x"), path)).to.equal(false);
  });

  describe("putting back", () => {
    const cases: [string, PropertyMap, PropertyMap, boolean, PropertyMap][] = [
      ["a", { a: 1 }, { a: 2 }, true, { a: 1 }],
      ["a", {}, { a: 2 }, true, {}],
      ["a", { a: 1 }, {}, true, { a: 1 }],
      ["a.b", { a: { b: 1 } }, { a: { b: 2, c: 3 } }, true, { a: { b: 1, c: 3 } }],
      ["a.b", { a: { b: 1 } }, {}, false, {}],
      ["a.b", {}, { a: { b: 2 } }, true, { a: {} }],
      ["a[1]", { a: [1, 2] }, { a: [1, 3] }, true, { a: [1, 2] }],
      ["a[1]", { a: [1] }, { a: [1, 3] }, false, { a: [1, 3] }],
      ["a[*].b", { a: [{ b: 1 }] }, { a: [{ b: 2, c: 1 }] }, true, { a: [{ b: 1, c: 1 }] }],
      ["a[*]", { a: { x: 1 } }, { a: { x: 2, y: 3 } }, true, { a: { x: 1 } }],
    ];
    for (const [path, olds, news, ok, expected] of cases) {
      it(`${path}: ${JSON.stringify(olds)} over ${JSON.stringify(news)}`, () => {
        expect(resetProperty(parsePropertyPath(path), olds, news)).to.equal(ok);
        expect(news).to.deep.equal(expected);
      });
    }

    it("keeps secret what lay in a secret", () => {
      const news: PropertyMap = { a: { b: 2 } };
      resetProperty(["a", "b"], { a: new Secret({ b: 1 }) }, news);
      expect(news).to.deep.equal({ a: { b: new Secret(1) } });
    });
  });
});
