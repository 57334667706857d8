import { join } from "node:path";
import type { Pool } from "pg";
import type { SystemOutputs } from "../contracts/stack-outputs";
import type { RunningCloud } from "../local/keeper";
import { localHome } from "../local/process/home";
import type { RehearsalFile } from "./files";
import type { Counts } from "./report/report";
import type { SlackEndpoint } from "./slack-endpoint";

/** A home of its own inside the usual one: a rehearsal never touches what a person has running. */
export const rehearsalHome = join(localHome(), "rehearsal");
/** How many seconds pass for the alarms in one real second. */
export const alarmSpeed = 30;
export const environment = "dev";

/** What the steps leave for each other; a step that reads what is not there yet fails with its name. */
export class Rehearsal {
  readonly start = Date.now();
  private readonly left: Partial<Findings> = {};

  constructor(
    readonly slack: SlackEndpoint,
    /** Whether everything goes on running at the end. */
    readonly keep: boolean,
  ) {}

  leave(findings: Partial<Findings>): void {
    Object.assign(this.left, findings);
  }

  find<Name extends keyof Findings>(name: Name): Findings[Name] {
    const finding = this.left[name];
    if (finding === undefined) throw new Error(`No step before this one left its "${name}".`);
    return finding;
  }

  has(name: keyof Findings): boolean {
    return this.left[name] !== undefined;
  }

  /** What was counted; zero where the rehearsal did not come that far. */
  counts(): Counts {
    const { files = [], resources = 0, indexed = 0, deadLettered = 0 } = this.left;
    const { leftInQueue = 0, processedTwice = 0 } = this.left;
    return {
      uploaded: files.length,
      ...{ indexed, deadLettered, leftInQueue, processedTwice, resources },
    };
  }

  async close(): Promise<void> {
    await this.left.database?.end();
  }

  /** What every AWS SDK client of the rehearsal is made with: the embedded cloud and nothing else. */
  client() {
    const { endpoint, accessKeyId, secretAccessKey } = this.find("cloud");
    const region = this.left.system?.region ?? "ap-northeast-1";
    return { region, endpoint, credentials: { accessKeyId, secretAccessKey } };
  }
}

interface Findings {
  cloud: RunningCloud;
  database: Pool;
  system: SystemOutputs;
  files: readonly RehearsalFile[];
  resources: number;
  indexed: number;
  deadLettered: number;
  leftInQueue: number;
  processedTwice: number;
}
