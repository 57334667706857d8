import { join, resolve } from "node:path";
import type { Pool } from "pg";
import type { RunningCloud } from "../local/keeper";
import { localHome } from "../local/process/home";

/** A separate folder inside the usual one: a rehearsal does not touch a cloud that the user runs. */
export const rehearsalHome = join(localHome(), "rehearsal");
/** Seconds of alarm time per real second. */
export const alarmSpeed = 30;
export const environment = "dev";

/** What all systems of a rehearsal share. */
export class Rehearsal {
  readonly start = Date.now();
  cloud: RunningCloud | undefined;
  database: Pool | undefined;

  constructor(
    /** Whether everything keeps running at the end. */
    readonly keep: boolean,
  ) {}

  /** The file with the addresses and credentials of the running cloud. */
  readonly cloudFile = resolve(rehearsalHome, "cloud.json");

  async close(): Promise<void> {
    await this.database?.end();
  }
}
