"""Moves all groups on, several times a second, and at once when a test moves the clock."""

import contextvars
import logging

import background
import clock
import control
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import autoscaling

from . import refresh
from .instances import proceed

INTERVAL_SECONDS = 0.1

logger = logging.getLogger("auto-scaling")


def start():
    background.every(INTERVAL_SECONDS, move_all)


def move_all():
    for account, region, name in list(autoscaling._asgs._data):
        contextvars.copy_context().run(move, account, region, name)


def move(account, region, name):
    try:
        move_group(account, region, name)
    except Exception:
        logger.exception("the Auto Scaling group %s cannot be moved on", name)


def move_group(account, region, name):
    set_request_account_id(account)
    set_request_region(region)
    group = autoscaling._asgs.get(name)
    if group is not None:
        proceed(group)
        refresh.advance(group)
        autoscaling._reconcile_instances(group)


@control.handles("move-clock")
def move_clock(request):
    """Lets time pass for one account. Afterwards, everything that was to happen in it has happened."""
    clock.move(request["account"], request["seconds"])
    move_all()
    return {}
