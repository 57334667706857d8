import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Command lines by process id. From /proc if it exists, because small Linux images have no `ps`. */
export function commandLines(): Map<number, string> {
  const pids = existsSync("/proc/self/cmdline") ? readdirSync("/proc").filter(isNumber) : undefined;
  if (pids !== undefined) return new Map(pids.map((pid) => [Number(pid), fromProc(pid)]));
  const options = { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 } as const;
  const listed = execFileSync("ps", ["-A", "-ww", "-o", "pid=,command="], options);
  return new Map(listed.split("\n").map((line) => [Number.parseInt(line, 10), line]));
}

const isNumber = (name: string) => /^\d+$/.test(name);

function fromProc(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // It ended in the meantime.
    return "";
  }
}
