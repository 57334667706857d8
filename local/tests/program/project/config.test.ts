import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { resolveConfig, type ConfigDecrypter } from "../../../program/project/config";
import { loadProject } from "../../../program/project/project-file";
import { editStackFile, loadStackFile } from "../../../program/project/stack-file";
import { ProjectError } from "../../../process/fault";

describe("project configuration", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "queuefleet-project-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const noSecrets: ConfigDecrypter = { unavailable: "no key here" };
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

  async function resolve(project: string, stack: string, decrypter = noSecrets) {
    write("Pulumi.yaml", project);
    write("Pulumi.dev.yaml", stack);
    const loaded = loadProject(folder);
    return resolveConfig(loaded, "dev", loadStackFile(loaded, "dev"), decrypter);
  }

  async function faultsOf(project: string, stack: string): Promise<string> {
    try {
      await resolve(project, stack);
    } catch (error) {
      expect(error).to.be.instanceOf(ProjectError);
      expect((error as ProjectError).exitCode).to.equal(2);
      return (error as Error).message;
    }
    return expect.fail("the configuration was accepted");
  }

  it("puts the stack's values over the project's defaults, by fully qualified key", async () => {
    const { values } = await resolve(
      [
        "name: demo",
        "runtime: nodejs",
        "config:",
        "  size: { type: integer, default: 3 }",
        "  label: plain",
        "  aws:region: { value: ap-northeast-1 }",
        "  other: { type: boolean, default: false }",
      ].join("\n"),
      "config:\n  demo:size: 5\n",
    );
    expect(values).to.deep.equal({
      "aws:region": "ap-northeast-1",
      "demo:label": "plain",
      "demo:other": "false",
      "demo:size": "5",
    });
  });

  it("gives objects and arrays as JSON", async () => {
    const { values } = await resolve(
      "name: demo\nruntime: nodejs\n",
      "config:\n  demo:limits: { warning: 1000, names: [a, b] }\n",
    );
    expect(values["demo:limits"]).to.equal('{"warning":1000,"names":["a","b"]}');
  });

  it("decrypts secure values, nested ones too, and says which keys are secret", async () => {
    const decrypter = { decrypt: (text: string) => Promise.resolve(text.replace("v1:", "clear-")) };
    const config = await resolve(
      "name: demo\nruntime: nodejs\n",
      "config:\n  demo:a: { secure: 'v1:x' }\n  demo:b: { list: [{ secure: 'v1:y' }] }\n  demo:c: plain\n",
      decrypter,
    );
    expect(config.values).to.deep.equal({
      "demo:a": "clear-x",
      "demo:b": '{"list":["clear-y"]}',
      "demo:c": "plain",
    });
    expect(config.secretKeys).to.deep.equal(["demo:a", "demo:b"]);
  });

  it("names every fault at once: missing, wrong type, not secret, not decryptable", async () => {
    const message = await faultsOf(
      [
        "name: demo",
        "runtime: nodejs",
        "config:",
        "  size: { type: integer }",
        "  missing: { type: string, description: who pays }",
        "  password: { type: string, secret: true }",
        "  emails: { type: array, items: { type: string } }",
        "  sealed: { type: string }",
      ].join("\n"),
      [
        "config:",
        "  demo:size: many",
        "  demo:password: open",
        "  demo:emails: [1]",
        "  demo:sealed: { secure: 'v1:abc' }",
      ].join("\n"),
    );
    expect(message).to.match(
      /demo:size is many; it must be of type integer; set it with `\S+pulumi-local config set demo:size VALUE -s dev -C \S+`/,
    );
    expect(message).to.include("demo:missing has no value and no default");
    expect(message).to.include("who pays");
    expect(message).to.include("demo:password is declared as secret but is not encrypted");
    expect(message).to.include("demo:emails is [1]; it must be of type array<string>");
    expect(message).to.include("demo:sealed cannot be decrypted: no key here");
  });

  it("refuses faults of Pulumi.yaml with the place and the rule", () => {
    write("Pulumi.yaml", "name: a b\nruntime: python\n");
    expect(() => loadProject(folder)).to.throw(/name: may hold letters[\s\S]*nodejs/);
  });

  it("edits one key and keeps comments and order", () => {
    const path = join(folder, "Pulumi.dev.yaml");
    write("Pulumi.dev.yaml", "# kept\nconfig:\n  demo:b: one # why\n  demo:a: two\n");
    editStackFile(path, { path: ["demo:c"], value: "three" });
    editStackFile(path, { path: ["demo:a"], value: undefined });
    expect(readFileSync(path, "utf8")).to.equal(
      "# kept\nconfig:\n  demo:b: one # why\n  demo:c: three\n",
    );
  });
});
