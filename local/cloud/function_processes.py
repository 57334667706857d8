"""The processes that functions run in: how many start at once, and how long they stay. Lambda has a machine for each; here they
share one, and each takes 50 to 100 megabytes."""

import os
import threading
import time

from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from replacing import replaces

# The embedded cloud keeps surplus processes for 5 minutes and the first of every version for ever, also of versions that
# nobody calls any more. It looks every 30 seconds.
SURPLUS_IDLE_SECONDS = 60
IDLE_SECONDS = 300

# If ten functions are called for the first time at once, the first answers sooner when they start one after the other. Lambda
# gives a function 10 seconds to start.
_starts = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
START_SECONDS = 10


@replaces(lambda_runtime.Worker, "_spawn")
def start_in_turn(former, worker):
    is_turn = _starts.acquire(timeout=START_SECONDS)
    try:
        former(worker)
    finally:
        if is_turn:
            _starts.release()


@replaces(lambda_svc, "reap_idle_workers")
def end_idle_processes(former, *_):
    ended = former(SURPLUS_IDLE_SECONDS)
    before = time.time() - IDLE_SECONDS
    idle = []
    with lambda_runtime._lock:
        for key, workers in list(lambda_runtime._workers.items()):
            if all(not worker.in_use and worker.last_used < before for worker in workers):
                idle += lambda_runtime._workers.pop(key)
    lambda_runtime.kill_workers(idle)
    return ended + len(idle)
