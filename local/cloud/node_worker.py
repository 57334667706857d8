"""The process that runs a Node.js function: its last log lines are not waited for by time, and it survives an error of the
handler, as an execution environment of Lambda does."""

import queue
import threading
import time

from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from replacing import replaces

# Written to the log after the last line of a call. Consoles and JSON never write this character.
_END = "\x1eend of the call\x1e"
# On a busy machine, the line that ends a call may be late.
_LATEST_SECONDS = 5

# What the handler of this thread's last call threw.
_call = threading.local()


def _changed(script, *changes):
    for before, after in changes:
        if before not in script:
            raise RuntimeError(f"the embedded cloud's program for Node.js has changed: it has no {before}")
        script = script.replace(before, after)
    return script


lambda_runtime._NODEJS_WORKER_SCRIPT = _changed(
    lambda_runtime._NODEJS_WORKER_SCRIPT,
    (
        "const _realStdoutWrite = process.stdout.write.bind(process.stdout);",
        f"""const _writeAnswer = process.stdout.write.bind(process.stdout);
const _realStdoutWrite = (text) => {{
  if (lineNum > 1) _stderrWrite({_END!r} + "\\n");
  return _writeAnswer(text);
}};""",
    ),
    # With the status "error", the cloud ends the process.
    (
        'status: "error", error: String(err.message || err), trace: err.stack || ""',
        'status: "ok", thrown: { type: err.name || "Error", message: String(err.message || err), '
        'trace: String(err.stack || err).split("\\n") }',
    ),
    (
        'status: "error", error: e.message, trace: e.stack',
        'status: "ok", thrown: { type: e.name, message: e.message, trace: String(e.stack).split("\\n") }',
    ),
)


@replaces(lambda_runtime.Worker, "invoke")
def remember_what_was_thrown(former, worker, *args, **kwargs):
    response = former(worker, *args, **kwargs)
    _call.thrown = response.get("thrown")
    return response


@replaces(lambda_svc, "_execute_function_warm")
def answer_as_lambda(former, function, event, request_id):
    """Its answer has neither the type nor the stack of an error. If the code cannot be loaded, the log does not say so."""
    _call.thrown = None
    result = former(function, event, request_id)
    thrown = _call.thrown or _failed_to_load(result)
    if thrown is None:
        return result
    body = {"errorType": thrown["type"], "errorMessage": thrown["message"], "trace": thrown["trace"]}
    log = "\n".join(filter(None, [result.get("log"), *(thrown["trace"] or [f"{body['errorType']}: {body['errorMessage']}"])]))
    return {"body": body, "error": True, "log": log}


def _failed_to_load(result):
    body = result.get("body")
    prefix = "Worker init failed: "
    if not result.get("error") or not str(body.get("errorMessage")).startswith(prefix):
        return None
    message = body["errorMessage"].removeprefix(prefix)
    kind = "ImportModuleError" if "Cannot find module" in message else "UserCodeError"
    return {"type": f"Runtime.{kind}", "message": f"Error: {message}", "trace": []}


@replaces(lambda_runtime.Worker, "_read_stderr")
def find_the_end(_former, worker):
    """A text without a line break may come before it."""
    process, lines = worker._proc, worker._stderr_queue
    for line in process.stderr:
        text, *ends = line.rstrip("\n").split(_END)
        if text or not ends:
            lines.put(text)
        for _ in ends:
            lines.put(_END)


@replaces(lambda_runtime.Worker, "_drain_stderr")
def leave_out_the_end(former, worker):
    return "\n".join(line for line in former(worker).split("\n") if line != _END)


@replaces(lambda_runtime.Worker, "_drain_stderr_bounded")
def wait_for_the_end(former, worker, *args, **kwargs):
    """It waits 50 ms after every call for lines that may come, and on a busy machine not long enough."""
    if not str(worker.config.get("Runtime")).startswith("nodejs"):
        return former(worker, *args, **kwargs)
    lines = []
    until = time.monotonic() + _LATEST_SECONDS
    while time.monotonic() < until:
        try:
            line = worker._stderr_queue.get(timeout=0.05)
        except queue.Empty:
            # A process that ended writes nothing more.
            if worker._proc is None or worker._proc.poll() is not None:
                break
            continue
        if line == _END:
            break
        lines.append(line)
    return "\n".join(lines)
