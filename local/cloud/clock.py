"""The clock of what AWS waits for. Tests and the rehearsal make it faster, or move it; nothing sleeps.

Only the moment at which a wait began is stored, in real time, so a cloud that is started again with another speed
goes on correctly.
"""

import os
import time

SPEED = float(os.environ.get("CLOUD_CLOCK_SPEED") or 1)

# Per account: moments at which a test moved the clock, and by how many seconds.
_moves = {}


def waited(account, since):
    """Seconds of a wait in which nobody works: warm-up, checkpoint, bake time, the hour until a refresh fails."""
    return (time.time() - since) * SPEED + _moved(account, since)


def worked(account, since):
    """Seconds of a wait for a machine, such as a heartbeat timeout. Not faster: machines work in real time."""
    return time.time() - since + _moved(account, since)


def move(account, seconds):
    _moves.setdefault(account, []).append((time.time(), seconds))


def _moved(account, since):
    return sum(seconds for moment, seconds in _moves.get(account, ()) if moment >= since)
