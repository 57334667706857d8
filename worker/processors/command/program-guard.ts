import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";

/** Value of an environment variable that all programs of this worker have, and whatever they start inherits. */
const runId = randomUUID();

/** A program that ends by itself so soon after its worker was killed still leaves its mark. Shorter than any lease. */
const graceSeconds = 0.5;

/** Its input ends when the worker has ended or was killed. Then kills every process with the mark, at least three
 *  times: one that was just being started gets the mark a moment later. */
const script = `
while read -r line; do :; done
sleep ${graceSeconds}
looks=0
while
  marked=$(grep -lsaF "$1" /proc/[0-9]*/environ | cut -d/ -f3)
  looks=$((looks + 1))
  [ -n "$marked" ] || [ $looks -lt 4 ]
do
  [ -z "$marked" ] || kill -KILL $marked 2>/dev/null
  sleep 0.1
done
`;

let guard: ChildProcess | undefined;

/** Starts, once, a process that kills the programs of this worker if the worker is killed, so that no program goes on
 *  while another worker has its message. Returns the run id that programs must have in their environment. Linux only: elsewhere there
 *  is no /proc, and nothing is killed. */
export function guardPrograms(): string {
  guard ??= startGuard();
  return runId;
}

function startGuard(): ChildProcess {
  const started = spawn("/bin/sh", ["-c", script, "guard", runId], {
    stdio: ["pipe", "ignore", "ignore"],
    // A session of its own, so that it outlives a signal to the worker's group.
    detached: true,
  });
  const ended = () => (guard = undefined);
  started.on("error", ended);
  started.on("exit", ended);
  started.stdin.on("error", () => undefined);
  // It does not keep the worker alive.
  started.unref();
  (started.stdin as unknown as { unref(): void }).unref();
  return started;
}
