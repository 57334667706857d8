import { assertLoopback } from "../process/loopback-guard";
import type { PropertyMap, PropertyValue } from "../values/property-value";
import { checkShape, type Fault } from "./check";
import { type Clients, connect, type Connection } from "./clients";
import { boolean, type Infer, list, map, number, object, string } from "./shape";
import { containsUnknowns } from "../values/property-operations";
import type { Tags } from "./tags";

/** The provider's configuration keys that have an effect in the embedded cloud. */
const shape = {
  region: string(),
  allowedAccountIds: list(string()),
  forbiddenAccountIds: list(string()),
  defaultTags: object({ tags: map(string()) }),
  ignoreTags: object({ keys: list(string()), keyPrefixes: list(string()) }),
  accessKey: string({ secret: true }),
  secretKey: string({ secret: true }),
  token: string({ secret: true }),
  maxRetries: number(),
  profile: string(),
  s3UsePathStyle: boolean(),
  skipCredentialsValidation: boolean(),
  skipMetadataApiCheck: boolean(),
  skipRegionValidation: boolean(),
  skipRequestingAccountId: boolean(),
};

/** Values that the SDK sends as JSON text, as all configuration of a provider is. */
function parsed(inputs: PropertyMap): PropertyMap {
  const textual = new Set(["string"]);
  return Object.fromEntries(
    Object.entries(inputs)
      .filter(([key]) => key !== "version" && key !== "pluginDownloadURL" && !key.startsWith("__"))
      .map(([key, value]) => {
        const kind = (shape as Record<string, { kind: string } | undefined>)[key]?.kind ?? "string";
        if (typeof value !== "string" || textual.has(kind)) return [key, value];
        return [key, parseJson(value)];
      }),
  );
}

function parseJson(text: string): PropertyValue {
  try {
    return JSON.parse(text) as PropertyValue;
  } catch {
    return text;
  }
}

export function checkConfiguration(inputs: PropertyMap): Fault[] {
  const faults: Fault[] = [];
  const checked = checkShape(shape, parsed(inputs), faults);
  if (checked.region === undefined && defaultRegion() === undefined) {
    faults.push({
      property: "region",
      reason: "region is missing; set it with `pulumi config set aws:region <region>`",
    });
  }
  return faults;
}

const defaultRegion = () => process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;

/** A configured provider: its endpoint, and the settings for all of its resources. */
export class Configuration {
  private readonly clientsByRegion = new Map<string, Clients>();
  private caller?: Promise<{ accountId: string; arn: string; userId: string }>;

  private constructor(
    readonly region: string,
    readonly defaultTags: Tags,
    private readonly endpoint: string,
    private readonly credentials: Connection["credentials"],
  ) {}

  /** Refuses an endpoint that is not on this machine, and an account that is not allowed. */
  static async from(given: PropertyMap): Promise<Configuration> {
    const endpoint = assertLoopback(process.env.AWS_ENDPOINT_URL);
    const faults: Fault[] = [];
    const known = Object.fromEntries(
      Object.entries(parsed(given)).filter(([, value]) => !containsUnknowns(value)),
    );
    const config = checkShape(shape, known, faults) as Infer<typeof shape>;
    const region = config.region ?? defaultRegion();
    if (region === undefined) {
      faults.push({ property: "region", reason: "region is missing; set aws:region" });
    }
    if (region === undefined || faults.length > 0) {
      throw new Error(
        `Invalid configuration of the provider aws:\n${faults.map(({ reason }) => `  - ${reason}`).join("\n")}`,
      );
    }
    const configuration = new Configuration(
      region,
      config.defaultTags?.tags ?? {},
      endpoint.href.replace(/\/$/, ""),
      {
        accessKeyId: config.accessKey ?? process.env.AWS_ACCESS_KEY_ID ?? "123456789012",
        secretAccessKey: config.secretKey ?? process.env.AWS_SECRET_ACCESS_KEY ?? "local",
        sessionToken: config.token ?? process.env.AWS_SESSION_TOKEN,
      },
    );
    await configuration.assertAccount(config.allowedAccountIds, config.forbiddenAccountIds);
    return configuration;
  }

  clients(region: string): Clients {
    const known = this.clientsByRegion.get(region);
    if (known !== undefined) return known;
    const { endpoint, credentials } = this;
    const clients = connect({ endpoint, region, credentials });
    this.clientsByRegion.set(region, clients);
    return clients;
  }

  callerIdentity(): Promise<{ accountId: string; arn: string; userId: string }> {
    this.caller ??= this.clients(this.region)
      .sts.getCallerIdentity({})
      .then(({ Account = "", Arn = "", UserId = "" }) => ({
        accountId: Account,
        arn: Arn,
        userId: UserId,
      }));
    return this.caller;
  }

  private async assertAccount(allowed: string[] = [], forbidden: string[] = []): Promise<void> {
    if (allowed.length === 0 && forbidden.length === 0) return;
    const { accountId } = await this.callerIdentity();
    if (forbidden.includes(accountId) || (allowed.length > 0 && !allowed.includes(accountId))) {
      throw new Error(
        `AWS account ID not allowed: ${accountId}; allowed are ${allowed.join(", ") || "all others"}. ` +
          "Use credentials of the right account, or change aws:allowedAccountIds.",
      );
    }
  }

  destroy(): void {
    for (const clients of this.clientsByRegion.values()) clients.destroy();
  }
}
