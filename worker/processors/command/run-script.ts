/** Exit code of the shell below when it got SIGTERM: 128 and the signal's number, as shells say it. Whatever the program
 *  itself ended with, it was told to stop, and that says nothing about its work. */
export const exitTerminated = 143;

/** Runs the program ("$@") as a child of a small shell, which outlives the worker's SIGKILL by the time that the guard
 *  gives it. If the program succeeds, the shell leaves a file to say so ($0, unless it is empty) before the worker has to do
 *  anything: a worker that is killed in this moment does not have the work done again. $1 is the mark of the programs that
 *  the guard ends; the shell has it in no variable of its own, so that it is left to report the end of its program. */
const script = `
trap 'stopped=1' TERM
(WORKER_RUN_ID=$1; export WORKER_RUN_ID; shift; exec "$@")
code=$?
[ -z "$stopped" ] || exit ${exitTerminated}
[ $code -ne 0 ] || [ -z "$0" ] || true 2>/dev/null >"$0"
exit $code
`;

/** The arguments of /bin/sh that run the command. There is nothing to quote: the shell gets each argument as it is. */
export const runScriptArguments = (
  command: readonly string[],
  runId: string,
  doneMark = "",
): string[] => ["-c", script, doneMark, runId, ...command];
