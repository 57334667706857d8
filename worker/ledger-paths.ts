import { homedir } from "node:os";
import { join } from "node:path";

/** Where a worker without a database keeps what it must not forget. systemd sets STATE_DIRECTORY (systemd.exec(5));
 *  otherwise it is the user's state folder (XDG Base Directory Specification). Workers with the same folder share it. */
export function ledgerPaths({ STATE_DIRECTORY, XDG_STATE_HOME }: NodeJS.ProcessEnv): {
  file: string;
  doneMarks: string;
} {
  const folder =
    nonEmpty(STATE_DIRECTORY) ??
    join(nonEmpty(XDG_STATE_HOME) ?? join(homedir(), ".local", "state"), "queuefleet");
  return {
    file: join(folder, "finished-work.sqlite"),
    doneMarks: join(folder, "done-marks"),
  };
}

const nonEmpty = (text: string | undefined): string | undefined => (text === "" ? undefined : text);
