"""What an instance refresh does next. Source: user guide, "How an instance refresh works" and "Add checkpoints"."""

import math
import time

import clock
from ministack.core.responses import get_account_id
from ministack.services import autoscaling, cloudwatch

from . import activities
from .instances import staying, terminate
from .template import active_refresh

# "One-hour timeout: when [...] the new instances do not pass their health checks, Amazon EC2 Auto Scaling keeps
# retrying for an hour. If the problem persists after an hour, the operation fails."
LONGEST_STANDSTILL_SECONDS = 3600

# More than a group can have.
NO_LIMIT = 100_000


def advance(group):
    refresh = active_refresh(group)
    if refresh is None:
        return
    status = refresh["Status"]
    if status == "Pending":
        _begin(group, refresh)
    elif status == "Cancelling":
        if not refresh["WaitsForTransitions"] or not _in_transition(group):
            end(group, refresh, "Cancelled", "Cancelled by a user request.")
    elif alarm := _alarm_of(refresh):
        _fail(group, refresh, f"Alarm {alarm} is in the ALARM state.")
    elif status == "Baking":
        if _waited(refresh["BakingSince"]) >= refresh["Preferences"]["BakeTime"]:
            _succeed(group, refresh)
    else:
        _replace(group, refresh)


def _begin(group, refresh):
    skips = refresh["Preferences"]["SkipMatching"]
    refresh.update({"Status": "InProgress", "StartTime": activities.now(), "Reached": -1})
    _replace_all(
        group, refresh, lambda one: not (skips and one["LaunchTemplate"] == refresh["Target"])
    )
    _replace(group, refresh)


def _replace_all(group, refresh, is_old):
    present = staying(group)
    refresh["Old"] = [one["InstanceId"] for one in present if is_old(one)]
    refresh["ToReplace"] = len(refresh["Old"])
    refresh["Kept"] = [one["InstanceId"] for one in present if not is_old(one)]
    refresh.update({"Updated": 0, "ProgressSince": time.time()})


def _replace(group, refresh):
    warm_up = refresh["Preferences"]["InstanceWarmup"]
    present = staying(group)
    old = [one for one in present if one["InstanceId"] in refresh["Old"]]
    new = [one for one in present if one["InstanceId"] not in refresh["Old"]]
    in_service = [one for one in new if one["LifecycleState"] == "InService"]
    warm = [
        one
        for one in in_service
        if one["InstanceId"] in refresh["Kept"] or _waited(one["InServiceSince"]) >= warm_up
    ]
    surplus = group.get("Extra", 0)
    if surplus and len(warm) == len(new) and len(present) >= group["DesiredCapacity"] + surplus:
        # Their replacements work, so the old ones can go.
        group["Extra"] = 0
        for instance in old[:surplus]:
            _take_out(group, instance)
        return
    _count(refresh, old, warm, in_service)
    is_short = len(present) < group["DesiredCapacity"] + surplus
    if len(warm) < len(new) or is_short:
        _fail_after_standstill(group, refresh, len(in_service) < len(new) or is_short)
        return
    limit = _checkpoint(group, refresh, len(warm))
    if limit is None:
        return
    if not old or limit == 0:
        _finish(group, refresh)
        return
    candidates = _replaceable(old, refresh)
    if candidates:
        healthy = len(warm) + sum(one["LifecycleState"] == "InService" for one in old)
        _replace_batch(group, refresh, candidates[:limit], healthy)
    elif refresh["Preferences"]["ScaleInProtectedInstances"] == "Ignore":
        _finish(group, refresh)
    else:
        _fail_after_standstill(group, refresh, True)


def _replace_batch(group, refresh, candidates, healthy):
    desired = group["DesiredCapacity"]
    preferences = refresh["Preferences"]
    least = math.ceil(preferences["MinHealthyPercentage"] / 100 * desired)
    most = preferences.get("MaxHealthyPercentage")
    may_go = healthy - least
    if may_go >= 1:
        for instance in candidates[:may_go]:
            _take_out(group, instance)
    elif most is None:
        # "When MaxHealthyPercentage is omitted, Auto Scaling terminates an instance and launches its replacement
        # simultaneously."
        _take_out(group, candidates[0])
    else:
        # "[...] launches a new instance before terminating an old one (temporarily exceeding the desired capacity)."
        room = max(1, math.floor(most / 100 * desired) - desired)
        group["Extra"] = min(room, len(candidates))
    autoscaling._reconcile_instances(group)


def _take_out(group, instance):
    terminate(group, instance, "an instance was taken out of service in response to an instance refresh.")


def _replaceable(old, refresh):
    if refresh["Preferences"]["ScaleInProtectedInstances"] == "Refresh":
        return old
    return [instance for instance in old if not instance["ProtectedFromScaleIn"]]


def _checkpoint(group, refresh, updated):
    """How many instances may be replaced until the next checkpoint, or None while the refresh waits at one."""
    if refresh["Status"] == "RollbackInProgress":
        return NO_LIMIT
    percentages = refresh["Preferences"].get("CheckpointPercentages") or [100]
    total = max(1, group["DesiredCapacity"])
    needed = [math.ceil(percentage / 100 * total) for percentage in percentages]
    reached = max((index for index, count in enumerate(needed) if updated >= count), default=-1)
    if reached > refresh["Reached"]:
        refresh.update({"Reached": reached, "ReachedSince": time.time()})
    is_last = refresh["Reached"] == len(needed) - 1
    if is_last:
        return 0 if percentages[-1] < 100 else NO_LIMIT
    delay = refresh["Preferences"].get("CheckpointDelay", 3600)
    if refresh["Reached"] >= 0 and _waited(refresh["ReachedSince"]) < delay:
        refresh["StatusReason"] = (
            f"Waiting for {delay} seconds at the checkpoint of {percentages[refresh['Reached']]} percent."
        )
        return None
    refresh["StatusReason"] = ""
    return needed[refresh["Reached"] + 1] - updated


def _count(refresh, old, warm, in_service):
    total = refresh["ToReplace"]
    updated = max(0, min(total - len(old), len(warm) - len(refresh["Kept"])))
    share = updated / total if total else 1
    if details := refresh.get("RollbackDetails"):
        # "This value gradually goes back down to zero during a rollback."
        refresh["PercentageComplete"] = math.floor(details["PercentageCompleteOnRollback"] * (1 - share))
        refresh["InstancesToUpdate"] = details["InstancesToUpdateOnRollback"] + updated
    else:
        refresh["PercentageComplete"] = math.floor(100 * share)
        refresh["InstancesToUpdate"] = total - updated
    if len(in_service) > refresh["Updated"]:
        refresh.update({"Updated": len(in_service), "ProgressSince": time.time()})


def _fail_after_standstill(group, refresh, stands_still):
    if stands_still and _waited(refresh["ProgressSince"]) >= LONGEST_STANDSTILL_SECONDS:
        _fail(group, refresh, "The instances could not be replaced within an hour.")


def _finish(group, refresh):
    if refresh["Preferences"].get("BakeTime") and refresh["Status"] == "InProgress":
        refresh.update({"Status": "Baking", "BakingSince": time.time()})
    else:
        _succeed(group, refresh)


def _succeed(group, refresh):
    if refresh["Status"] == "RollbackInProgress":
        end(group, refresh, "RollbackSuccessful", "")
        return
    # "Once the instance refresh succeeds, Amazon EC2 Auto Scaling updates the settings of the Auto Scaling group to
    # reflect the new desired configuration."
    group["LaunchTemplate"] = refresh["Target"]
    end(group, refresh, "Successful", "")


def _fail(group, refresh, reason):
    if refresh["Status"] == "RollbackInProgress":
        end(group, refresh, "RollbackFailed", reason)
    elif refresh["Preferences"]["AutoRollback"]:
        roll_back(group, refresh, reason)
    else:
        end(group, refresh, "Failed", reason)


def roll_back(group, refresh, reason):
    """"Amazon EC2 Auto Scaling replaces any instances that were replaced during the instance refresh.\""""
    refresh["RollbackDetails"] = {
        "RollbackReason": reason,
        "RollbackStartTime": activities.now(),
        "PercentageCompleteOnRollback": refresh["PercentageComplete"],
        "InstancesToUpdateOnRollback": refresh["InstancesToUpdate"],
    }
    group["Extra"] = 0
    refresh.update(
        {"Status": "RollbackInProgress", "StatusReason": reason, "Target": refresh["Before"]}
    )
    _replace_all(group, refresh, lambda one: one["LaunchTemplate"] != refresh["Before"])


def end(group, refresh, status, reason):
    group["Extra"] = 0
    refresh.update({"Status": status, "StatusReason": reason, "EndTime": activities.now()})


def _in_transition(group):
    return any(one["LifecycleState"] != "InService" for one in group["Instances"])


def _alarm_of(refresh):
    for name in refresh["Preferences"].get("Alarms") or []:
        alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
        if alarm and alarm["StateValue"] == "ALARM":
            return name
    return None


def _waited(since):
    return clock.waited(get_account_id(), since)
