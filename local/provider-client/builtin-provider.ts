import { randomUUID } from "node:crypto";
import { Unknown, type PropertyMap, type PropertyValue } from "../values/property-value";
import { containsSecrets, equalMaps, equalValues } from "../values/property-operations";
import {
  noDiff,
  type CheckRequest,
  type DiffRequest,
  type DiffResult,
  type PackageProvider,
  type ReadResult,
} from "./provider";
import type { ResourceState } from "../state/resource-state";
import { parseUrn } from "../values/urn";

const stackReference = "pulumi:pulumi:StackReference";

export interface BuiltinContext {
  readStackOutputs(name: string): Promise<PropertyMap | undefined>;
  /** A resource that this operation has registered or read. */
  findResource(urn: string): ResourceState | undefined;
}

/** The provider of the package "pulumi": stack references, and the lookup of a resource by its URN. */
export class BuiltinProvider implements PackageProvider {
  constructor(private readonly context: BuiltinContext) {}

  checkConfig(request: { news: PropertyMap }) {
    return Promise.resolve({ inputs: request.news, failures: [] });
  }

  diffConfig(request: { oldInputs: PropertyMap; newInputs: PropertyMap }): Promise<DiffResult> {
    const same = equalMaps(request.oldInputs, request.newInputs);
    return Promise.resolve({ ...noDiff, changes: same ? "none" : "some" });
  }

  configure(): Promise<void> {
    return Promise.resolve();
  }

  check(request: CheckRequest) {
    assertStackReference(request.urn);
    const failures = Object.keys(request.news)
      .filter((key) => key !== "name")
      .map((key) => ({ property: key, reason: `unknown property "${key}"` }));
    const { name } = request.news;
    if (name === undefined) {
      failures.push({ property: "name", reason: 'missing required property "name"' });
    } else if (typeof name !== "string" && !(name instanceof Unknown)) {
      failures.push({ property: "name", reason: 'property "name" must be a string' });
    }
    return Promise.resolve({ inputs: request.news, failures });
  }

  diff(request: DiffRequest): Promise<DiffResult> {
    const same = equalValues(request.oldInputs.name, request.newInputs.name);
    return Promise.resolve(same ? noDiff : { ...noDiff, changes: "some", replaceKeys: ["name"] });
  }

  async create(request: { urn: string; inputs: PropertyMap; preview: boolean }) {
    assertStackReference(request.urn);
    const outputs = await this.stackOutputs(request.inputs.name);
    return { id: request.preview ? "" : randomUUID(), outputs };
  }

  update(request: { urn: string }): Promise<{ outputs: PropertyMap }> {
    return Promise.reject(new Error(`A stack reference is never updated (${request.urn})`));
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  async read(request: { urn: string; id: string; inputs?: PropertyMap }): Promise<ReadResult> {
    assertStackReference(request.urn);
    if (request.inputs?.name === undefined) throw new Error("stack reference can not be imported");
    const outputs = await this.stackOutputs(request.inputs.name);
    return { id: request.id, inputs: request.inputs, outputs };
  }

  async invoke(request: { token: string; inputs: PropertyMap }) {
    return { outputs: await this.answer(request.token, request.inputs), failures: [] };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private answer(token: string, inputs: PropertyMap): Promise<PropertyMap> {
    switch (token) {
      case "pulumi:pulumi:readStackOutputs":
        return this.stackOutputs(inputs.name);
      case "pulumi:pulumi:getResource":
        return Promise.resolve(this.resource(inputs.urn));
      default:
        return Promise.reject(new Error(`unrecognized function name: '${token}'`));
    }
  }

  private async stackOutputs(name: PropertyValue | undefined): Promise<PropertyMap> {
    if (typeof name !== "string") throw new Error("The name of a stack reference must be a string");
    const outputs = await this.context.readStackOutputs(name);
    if (outputs === undefined) throw new Error(`unknown stack "${name}"`);
    const secretOutputNames = Object.keys(outputs)
      .filter((key) => containsSecrets(outputs[key] ?? null))
      .sort();
    return { name, outputs, secretOutputNames };
  }

  private resource(urn: PropertyValue | undefined): PropertyMap {
    const found = typeof urn === "string" ? this.context.findResource(urn) : undefined;
    if (typeof urn !== "string" || found === undefined) {
      throw new Error(`unknown resource ${typeof urn === "string" ? urn : "without a URN"}`);
    }
    return { urn, id: found.id, provider: found.provider, state: found.outputs ?? {} };
  }
}

function assertStackReference(urn: string): void {
  const { type } = parseUrn(urn);
  if (type !== stackReference) throw new Error(`unrecognized resource type '${type}'`);
}
