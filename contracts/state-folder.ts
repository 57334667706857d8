import { homedir } from "node:os";
import { join } from "node:path";

/** The folder of this user for what must outlive a process. Source: XDG Base Directory Specification. */
export const userStateFolder = ({ XDG_STATE_HOME }: NodeJS.ProcessEnv): string =>
  join(nonEmpty(XDG_STATE_HOME) ?? join(homedir(), ".local", "state"), "queuefleet");

export const nonEmpty = (text: string | undefined): string | undefined =>
  text === "" ? undefined : text;
