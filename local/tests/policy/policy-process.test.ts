import { expect } from "chai";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnalyzedResource } from "../../policy/analyzed-resource";
import { PolicyProcess } from "../../policy/policy-process";
import { packageRoot } from "../../process/home";

const judged = { organization: "organization", project: "shop", stack: "dev" };

const resource: AnalyzedResource = {
  ...{ urn: "urn:pulumi:dev::shop::box:index:Thing::a", type: "box:index:Thing", name: "a" },
  ...{ properties: {}, dependencies: [], propertyDependencies: {} },
  options: {
    ...{ protect: false, ignoreChanges: [], aliases: [], additionalSecretOutputs: [] },
    customTimeouts: { create: 0, update: 0, delete: 0 },
  },
};

describe("engine: a policy pack's process", function () {
  this.timeout(60_000);
  let directory: string;
  let pack: PolicyProcess | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "pack-"));
    symlinkSync(join(packageRoot, "node_modules"), join(directory, "node_modules"));
    writeFileSync(join(directory, "PulumiPolicy.yaml"), "runtime: nodejs\n");
    writeFileSync(join(directory, "package.json"), '{ "version": "1.0.0", "main": "index.ts" }');
  });
  afterEach(() => {
    pack?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const judge = async (rule: string): Promise<string> => {
    writeFileSync(
      join(directory, "index.ts"),
      `import { PolicyPack } from "@pulumi/policy";
       new PolicyPack("faulty", { policies: [{ name: "rule", description: "A rule.",
         enforcementLevel: "advisory", validateResource: () => { ${rule} } }] });`,
    );
    const settings = { directory, config: {} };
    pack = new PolicyProcess(settings, { ...judged, config: {}, secretKeys: [] }, process.env);
    return pack.analyze(resource).then(
      () => "judged",
      (error: Error) => error.message,
    );
  };

  it("says which rule of which pack threw, and where", async () => {
    const message = await judge('throw new Error("no such type");');
    expect(message).to.match(
      /^Error validating resource with policy 'rule' from .*'faulty@v1\.0\.0'/,
    );
    expect(message).to.include("no such type").and.include(join(directory, "index.ts"));
  });

  it("names the pack that ended during a check", async () => {
    const message = await judge("process.exit(7);");
    expect(message).to.include(`The policy pack ${directory} ended while it judged`);
  });
});
