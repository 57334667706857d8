import { resolve } from "node:path";

/** The root of the repository. All paths except those of the user start here. */
export const packageRoot = resolve(__dirname, "../..");

/** The folder of all local data: state, the cloud's data, the database, machines.
 *  `PULUMI_LOCAL_HOME` sets another folder, so that tests do not touch the user's cloud. */
export function localHome(environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(environment.PULUMI_LOCAL_HOME ?? resolve(packageRoot, ".local"));
}
