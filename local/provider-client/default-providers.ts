import type { Goal, Registered } from "../state/goal";
import { Secret, type PropertyMap } from "../values/property-value";
import { noTimeouts } from "../state/resource-state";
import { providerReference, providerType } from "../values/urn";

export interface ProviderRequest {
  packageName: string;
  version: string;
  downloadUrl: string;
}

/** Creates the default providers, each once: one for each version that the program's packages
 *  require, configured with the stack's configuration of that package. */
export class DefaultProviders {
  private readonly references = new Map<string, Promise<string>>();

  constructor(
    private readonly config: { values: Record<string, string>; secretKeys: string[] },
    private readonly register: (goal: Goal) => Promise<Registered>,
  ) {}

  reference(request: ProviderRequest): Promise<string> {
    const key = JSON.stringify(request);
    const existing = this.references.get(key);
    if (existing !== undefined) return existing;
    this.assertAllowed(request.packageName);
    const made = this.make(request);
    this.references.set(key, made);
    return made;
  }

  private async make(request: ProviderRequest): Promise<string> {
    const { packageName, version, downloadUrl } = request;
    const { state } = await this.register({
      type: providerType(packageName),
      name: defaultName(request),
      custom: true,
      inputs: {
        ...this.packageConfig(packageName),
        ...(version === "" ? {} : { version }),
        ...(version === "" && downloadUrl === ""
          ? {}
          : { __internal: downloadUrl === "" ? {} : { pluginDownloadURL: downloadUrl } }),
      },
      parent: "",
      protect: undefined,
      dependencies: [],
      provider: "",
      propertyDependencies: {},
      deleteBeforeReplace: undefined,
      ignoreChanges: [],
      additionalSecretOutputs: [],
      aliases: [],
      importId: "",
      customTimeouts: noTimeouts,
      replaceOnChanges: [],
      retainOnDelete: undefined,
      deletedWith: "",
      replaceWith: [],
      replacementTrigger: null,
      resourceHooks: {},
      sourcePosition: "",
      stackTrace: [],
    });
    return providerReference(state.urn, state.id);
  }

  private packageConfig(packageName: string): PropertyMap {
    const inputs: PropertyMap = {};
    for (const [key, value] of Object.entries(this.config.values)) {
      if (!key.startsWith(`${packageName}:`)) continue;
      const name = key.slice(packageName.length + 1).replace(/^config:/, "");
      inputs[name] = this.config.secretKeys.includes(key) ? new Secret(value) : value;
    }
    return inputs;
  }

  private assertAllowed(packageName: string): void {
    const denied = this.config.values["pulumi:disable-default-providers"];
    if (denied === undefined || denied === "" || packageName === "pulumi") return;
    const list = JSON.parse(denied) as string[];
    if (!list.includes("*") && !list.includes(packageName)) return;
    throw new Error(
      `Default provider for '${packageName}' disabled (pulumi:disable-default-providers). ` +
        "The resource must use an explicit provider.",
    );
  }
}

function defaultName({ version, downloadUrl }: ProviderRequest): string {
  const parts = version === "" ? [] : version.split(/[.+-]/);
  const url = downloadUrl === "" ? [] : [downloadUrl.replaceAll(/[^A-Za-z0-9_.-]/g, "_")];
  return ["default", ...parts, ...url].join("_");
}
