import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ShopProject } from "../support/shop-project";

/** Programs that fail. The error message must contain the position of the marked line. */
const failures = [
  {
    what: "throws",
    program: `
      const color: string = "red";
      throw new Error(\`no such setting: \${color}\`); // here`,
  },
  {
    what: "throws deep inside of its own functions",
    program: `
      const inner = (depth: number): number => {
        if (depth === 0) throw new Error("too deep"); // here
        return inner(depth - 1) + 1;
      };
      inner(5);`,
  },
  {
    what: "throws in an apply of a resource's output",
    program: `
      const thing = new Box("thing", { color: "red" });
      thing.color.apply((color: string) => {
        throw new Error(\`not this color: \${color}\`); // here
      });`,
  },
  {
    what: "throws in an apply after an await",
    program: `
      const thing = new Box("thing", { color: "red" });
      thing.color.apply(async (color: string) => {
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error(\`not this color: \${color}\`); // here
      });`,
  },
  {
    what: "leaves a promise rejected",
    program: `
      async function load(): Promise<string> {
        await Promise.resolve();
        throw new Error("cannot be loaded"); // here
      }
      void load();`,
  },
  {
    what: "gives a resource a promise that is rejected",
    program: `
      async function load(): Promise<string> {
        await Promise.resolve();
        throw new Error("cannot be loaded"); // here
      }
      new Box("thing", { color: load() });`,
  },
  {
    what: "throws in the constructor of a component",
    program: `
      class Shelf extends pulumi.ComponentResource {
        constructor(name: string) {
          super("shop:index:Shelf", name);
          new Box("inside", { color: "red" }, { parent: this });
          throw new Error("the shelf is full"); // here
        }
      }
      new Shelf("shelf");`,
  },
  {
    what: "gives a resource invalid arguments",
    program: `
      const nothing: any = undefined;
      new Box("thing", { color: nothing.color }); // here`,
  },
  {
    what: "gives a resource a name that is none",
    program: `
      new Box("", { color: "red" }); // here`,
  },
];

const header = `import * as pulumi from "@pulumi/pulumi";
class Box extends pulumi.CustomResource {
  declare readonly color: pulumi.Output<string>;
  constructor(name: string, args: { color: pulumi.Input<string> }, opts?: pulumi.CustomResourceOptions) {
    super("box:index:Thing", name, args, opts);
  }
}
`;

describe("engine: the line of the program in its error messages", function () {
  this.timeout(60_000);
  let shop: ShopProject;
  before(() => (shop = new ShopProject()));
  after(() => shop.remove());

  for (const { what, program } of failures) {
    it(`is named when a program ${what}`, async () => {
      const text = `${header}${program}\n`;
      const file = join(shop.program, "index.ts");
      writeFileSync(file, text);
      const result = await shop.run({ kind: "update", dryRun: true });
      rmSync(file);
      expect(result.result).to.equal("failed");
      const line = text.split("\n").findIndex((each) => each.includes("// here")) + 1;
      expect(result.errors.join("\n")).to.match(new RegExp(`index\\.ts:${line}:\\d+`));
    });
  }
});
