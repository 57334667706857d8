import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { dirname, delimiter, join } from "node:path";

export interface Launch {
  command: string;
  args: string[];
  identity: { uid?: number; gid?: number };
}

/** PostgreSQL refuses to run as root, so root starts it as the machine's `postgres` or `nobody`.
 *  It must be able to read `paths`. If other users have no access to a folder above them (root's home,
 *  for example), it keeps the one capability that gives access. */
export function unprivileged(command: string, args: string[], paths: string[]): Launch {
  const account = serviceAccount();
  if (account === undefined) return { command, args, identity: {} };
  if (paths.every(othersCanReach)) return { command, args, identity: account };
  if (!isOnPath("setpriv")) {
    throw new Error(
      `PostgreSQL cannot run as root, and another user cannot reach ${paths.join(" or ")}. ` +
        "Run as an ordinary user, or put the project in a folder that other users have access to (chmod o+x).",
    );
  }
  const drop = [`--reuid=${account.uid}`, `--regid=${account.gid}`, "--clear-groups"];
  const keep = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  return { command: "setpriv", args: [...drop, ...keep, "--", command, ...args], identity: {} };
}

/** The account to run as, or undefined when this process is not root and needs none. */
export function serviceAccount(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const entry = accounts.find((fields) => fields[0] === name);
    if (entry !== undefined) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error(
    "PostgreSQL cannot run as root, and this machine has neither a `postgres` nor a `nobody` user. " +
      "Run as an ordinary user.",
  );
}

function othersCanReach(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & constants.S_IXOTH) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function isOnPath(command: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
