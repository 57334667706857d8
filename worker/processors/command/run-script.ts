/** Exit code of the shell below when it got SIGTERM: 128 and the signal's number, as shells say it. Whatever the program
 *  itself ended with, it was told to stop, and that says nothing about its work. */
export const exitTerminated = 143;

/** Runs the program as a child of a small shell, which outlives the worker's SIGKILL by the time that the guard gives it. If
 *  the program succeeds, the shell leaves a file to say so ($1, unless it is empty) before the worker has to do anything: a
 *  worker that is killed in this moment does not have the work done again. $2 is the mark of the programs that the guard
 *  ends; it is in no variable of the shell's own, so that the shell is left to report the end of its program. The shell's own
 *  remarks ("Segmentation fault") are not the program's output. */
const script = `
trap 'stopped=1' TERM
exec 3>&2 2>/dev/null
(WORKER_RUN_ID=$2; export WORKER_RUN_ID; shift 2; exec "$@") 2>&3 3>&-
code=$?
[ -z "$stopped" ] || exit ${exitTerminated}
[ $code -ne 0 ] || [ -z "$1" ] || true >"$1"
exit $code
`;

/** The arguments of /bin/sh that run the command. There is nothing to quote: the shell gets each argument as it is. */
export const runScriptArguments = (
  command: readonly string[],
  runId: string,
  doneMark = "",
): string[] => ["-c", script, "worker", doneMark, runId, ...command];
