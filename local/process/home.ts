import { resolve } from "node:path";

/** The root of the repository: every path that is not the user's own starts here. */
export const packageRoot = resolve(__dirname, "../..");

/** Where everything that the local program keeps is: state, the cloud's data, the database, machines.
 *  `PULUMI_LOCAL_HOME` moves it, so that tests never touch what a person has running. */
export function localHome(environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(environment.PULUMI_LOCAL_HOME ?? resolve(packageRoot, ".local"));
}
