"""Repeats work on the server's thread, because the cloud's data is not thread-safe."""

import logging
import threading
import time

from ministack import app

logger = logging.getLogger("background")


def every(seconds, work):
    threading.Thread(target=_repeat, args=(seconds, work), daemon=True).start()


def soon(work, *arguments):
    """Does this on the server's thread, before the answer to the request that this thread works for."""
    if app._MAIN_LOOP is not None and not app._MAIN_LOOP.is_closed():
        app._MAIN_LOOP.call_soon_threadsafe(work, *arguments)


def _repeat(seconds, work):
    while True:
        time.sleep(seconds)
        if app._MAIN_LOOP is not None and not app._MAIN_LOOP.is_closed():
            app._MAIN_LOOP.call_soon_threadsafe(_guarded, work)


def _guarded(work):
    try:
        work()
    except Exception:
        logger.exception("background work failed")
