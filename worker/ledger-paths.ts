import { join } from "node:path";
import { nonEmpty, userStateFolder } from "../contracts/state-folder";

/** Where a worker without a database keeps what it must not forget. systemd sets STATE_DIRECTORY (systemd.exec(5));
 *  otherwise it is the user's state folder. Workers with the same folder share it. */
export function ledgerPaths(environment: NodeJS.ProcessEnv): {
  file: string;
  doneMarks: string;
} {
  const folder = nonEmpty(environment.STATE_DIRECTORY) ?? userStateFolder(environment);
  return {
    file: join(folder, "finished-work.sqlite"),
    doneMarks: join(folder, "done-marks"),
  };
}
