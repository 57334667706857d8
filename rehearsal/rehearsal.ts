import { join } from "node:path";
import type { Pool } from "pg";
import type { SystemOutputs } from "../contracts/stack-outputs";
import type { RunningCloud } from "../local/keeper";
import { localHome } from "../local/process/home";
import type { RehearsalFile } from "./files";
import type { Counts } from "./report/report";
import type { SlackEndpoint } from "./slack-endpoint";

/** A separate folder inside the usual one: a rehearsal does not touch a cloud that the user runs. */
export const rehearsalHome = join(localHome(), "rehearsal");
/** Seconds of alarm time per real second. */
export const alarmSpeed = 30;
export const environment = "dev";

/** The results that steps record for later steps. Reading a missing result throws an error with its name. */
export class Rehearsal {
  readonly start = Date.now();
  private readonly results: Partial<Results> = {};

  constructor(
    readonly slack: SlackEndpoint,
    /** Whether everything keeps running at the end. */
    readonly keep: boolean,
  ) {}

  record(results: Partial<Results>): void {
    Object.assign(this.results, results);
  }

  get<Name extends keyof Results>(name: Name): Results[Name] {
    const result = this.results[name];
    if (result === undefined) throw new Error(`No earlier step recorded "${name}".`);
    return result;
  }

  has(name: keyof Results): boolean {
    return this.results[name] !== undefined;
  }

  /** The recorded counts. Zero for steps that did not run. */
  counts(): Counts {
    const { files = [], resources = 0, indexed = 0, deadLettered = 0, skipped = 0 } = this.results;
    const { leftInQueue = 0, processedTwice = 0 } = this.results;
    return {
      uploaded: files.length,
      ...{ indexed, deadLettered, skipped, leftInQueue, processedTwice, resources },
    };
  }

  async close(): Promise<void> {
    await this.results.database?.end();
  }

  /** Configuration of every AWS SDK client of the rehearsal: the embedded cloud and nothing else. */
  client() {
    const { endpoint, accessKeyId, secretAccessKey } = this.get("cloud");
    const region = this.results.system?.region ?? "ap-northeast-1";
    return { region, endpoint, credentials: { accessKeyId, secretAccessKey } };
  }
}

interface Results {
  cloud: RunningCloud;
  database: Pool;
  system: SystemOutputs;
  files: readonly RehearsalFile[];
  resources: number;
  indexed: number;
  deadLettered: number;
  skipped: number;
  leftInQueue: number;
  processedTwice: number;
}
