import { rm } from "node:fs/promises";
import { startCloud, stopCloud } from "../../local/keeper";
import { cloudVariable, temporaryHome } from "./cloud";

let home: string | undefined;

/** Once for the whole run, before mocha forks its processes: they inherit the variable. */
export async function mochaGlobalSetup(): Promise<void> {
  home = temporaryHome();
  const { endpoint, databaseUrl } = await startCloud({ home, attached: true });
  process.env[cloudVariable] = JSON.stringify({ home, endpoint, databaseUrl });
}

export async function mochaGlobalTeardown(): Promise<void> {
  if (home === undefined) return;
  await stopCloud(home);
  await rm(home, { recursive: true, force: true });
}
