"""Keeps as many instances as the group should have."""

import clock
from ministack.core.responses import get_account_id
from ministack.services import autoscaling
from replacing import replaces

from .instances import launch, staying, terminate
from .template import active_refresh

# "Amazon EC2 Auto Scaling limits the rate at which it allows instances to launch if the lifecycle hooks are failing
# consistently" (user guide, lifecycle hooks). By how much is not documented.
PAUSE_AFTER_FAILURES = 3
PAUSE_SECONDS = 30

DIFFERENCE = "a difference between desired and actual capacity"


@replaces(autoscaling, "_reconcile_instances")
def keep_capacity(_former, group):
    """It puts instances into service without regard to hooks, and removes them at once."""
    wanted = group["DesiredCapacity"] + group.get("Extra", 0)
    present = staying(group)
    suspended = group.get("SuspendedProcesses", [])
    if len(present) < wanted and "Launch" not in suspended:
        for _ in range(wanted - len(present)):
            if not may_launch(group):
                return
            launch(group, f"an instance was started in response to {DIFFERENCE}.")
    elif len(present) > wanted and "Terminate" not in suspended:
        for instance in surplus(group, present, len(present) - wanted):
            terminate(group, instance, f"an instance was taken out of service in response to {DIFFERENCE}.")


def surplus(group, present, count):
    """Which instances a scale-in takes: those that are not in service yet, then those of an older template, then the
    newest. AWS's default policy also starts with the oldest template; the rest is not documented."""
    refresh = active_refresh(group)
    template = (refresh and refresh["Target"]) or group.get("LaunchTemplate")
    candidates = [one for one in present if not one["ProtectedFromScaleIn"]]
    order = sorted(
        enumerate(candidates),
        key=lambda item: (
            not item[1]["LifecycleState"].startswith("Pending"),
            item[1]["LaunchTemplate"] == template,
            -item[0],
        ),
    )
    return [instance for _, instance in order[:count]]


def may_launch(group):
    failures = group.get("FailedLaunches") or []
    if len(failures) < PAUSE_AFTER_FAILURES:
        return True
    return clock.waited(get_account_id(), failures[-1]) >= PAUSE_SECONDS
