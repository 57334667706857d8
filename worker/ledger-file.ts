import { homedir } from "node:os";
import { join } from "node:path";

/** Where the ledger of a worker without a database is. systemd sets STATE_DIRECTORY (systemd.exec(5)); otherwise it is the
 *  user's state folder (XDG Base Directory Specification). Workers with the same folder share it. */
export function ledgerFile({ STATE_DIRECTORY, XDG_STATE_HOME }: NodeJS.ProcessEnv): string {
  const folder =
    nonEmpty(STATE_DIRECTORY) ??
    join(nonEmpty(XDG_STATE_HOME) ?? join(homedir(), ".local", "state"), "queuefleet");
  return join(folder, "finished-work.sqlite");
}

const nonEmpty = (text: string | undefined): string | undefined => (text === "" ? undefined : text);
