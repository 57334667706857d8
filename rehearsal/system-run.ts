import { join } from "node:path";
import type { SystemOutputs } from "../contracts/stack-outputs";
import { packageRoot } from "../local/process/home";
import type { Rehearsal } from "./rehearsal";
import type { SlackEndpoint } from "./slack-endpoint";

/** What the deployment of every system records. */
export interface Deployed {
  system: SystemOutputs;
  resources: number;
}

/** A system of the rehearsal. Its steps record results for later steps. */
export class SystemRun<Results extends Deployed = Deployed> {
  private readonly results: Partial<Results> = {};
  /** The folder of the system's project. A rehearsal may make one with another configuration. */
  project: string;
  /** The credentials of the role that deploys it. */
  deployer: NodeJS.ProcessEnv | undefined;

  constructor(
    readonly rehearsal: Rehearsal,
    readonly name: string,
    readonly slack: SlackEndpoint,
  ) {
    this.project = join(packageRoot, "systems", name);
  }

  record(results: Partial<Results>): void {
    Object.assign(this.results, results);
  }

  /** Throws an error that names a missing result. */
  get<Name extends keyof Results>(name: Name): Results[Name] {
    const result = this.results[name];
    if (result === undefined) throw new Error(`No earlier step recorded "${String(name)}".`);
    return result;
  }

  find<Name extends keyof Results>(name: Name): Results[Name] | undefined {
    return this.results[name];
  }

  get cloud() {
    return known("cloud", this.rehearsal.cloud);
  }

  get database() {
    return known("database", this.rehearsal.database);
  }

  /** Configuration of every AWS SDK client of the system: the embedded cloud and nothing else. */
  client(region = this.results.system?.region) {
    const { endpoint, accessKeyId, secretAccessKey } = this.cloud;
    return {
      region: region ?? "ap-northeast-1",
      endpoint,
      credentials: { accessKeyId, secretAccessKey },
    };
  }
}

function known<Value>(name: string, value: Value | undefined): Value {
  if (value === undefined) throw new Error(`No earlier step recorded "${name}".`);
  return value;
}
