"""The life of one instance: Pending, Pending:Wait, Pending:Proceed, InService, Terminating, Terminating:Wait,
Terminating:Proceed. Source: user guide, "Amazon EC2 Auto Scaling instance lifecycle" and "How lifecycle hooks work".

Without hooks, an instance is in service and gone at once: nothing boots here.
"""

import time

import clock
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import autoscaling

from . import activities
from .template import next_template

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"

# "The global timeout is 48 hours or 100 times the heartbeat timeout, whichever is smaller."
LONGEST_WAIT_SECONDS = 48 * 3600


def hooks_of(group, transition):
    return [
        hook
        for hook in autoscaling._hooks.values()
        if hook["AutoScalingGroupName"] == group["AutoScalingGroupName"]
        and hook["LifecycleTransition"] == transition
    ]


def is_leaving(instance):
    return instance["LifecycleState"].startswith("Terminating")


def staying(group):
    return [instance for instance in group["Instances"] if not is_leaving(instance)]


def launch(group, cause):
    zones = group["AvailabilityZones"] or [f"{get_region()}a"]
    instance_id = "i-" + new_uuid().replace("-", "")[:17]
    instance = {
        "InstanceId": instance_id,
        "LifecycleState": "Pending",
        "HealthStatus": "Healthy",
        "AvailabilityZone": zones[len(group["Instances"]) % len(zones)],
        "ProtectedFromScaleIn": group["NewInstancesProtectedFromScaleIn"],
        "LaunchTemplate": next_template(group),
        "LaunchConfigurationName": group.get("LaunchConfigurationName", ""),
    }
    activity = activities.begin(group, f"Launching a new EC2 instance: {instance_id}", cause)
    instance["Activity"] = activity["ActivityId"]
    group["Instances"].append(instance)
    _wait_for_hooks(group, instance, LAUNCHING)
    if not instance["Actions"]:
        _put_into_service(group, instance)
    return instance


def terminate(group, instance, cause):
    if is_leaving(instance):
        return
    was_pending = instance["LifecycleState"].startswith("Pending")
    if was_pending:
        activities.end(group, instance["Activity"], "Cancelled")
    activity = activities.begin(group, f"Terminating EC2 instance: {instance['InstanceId']}", cause)
    instance["Activity"] = activity["ActivityId"]
    _wait_for_hooks(group, instance, TERMINATING)
    if not instance["Actions"]:
        _remove(group, instance)


def _wait_for_hooks(group, instance, transition):
    now = time.time()
    instance["Actions"] = {
        hook["LifecycleHookName"]: {"Token": new_uuid(), "Began": now, "Beat": now}
        for hook in hooks_of(group, transition)
    }
    state = "Pending" if transition == LAUNCHING else "Terminating"
    instance["LifecycleState"] = state
    if instance["Actions"]:
        instance["LifecycleState"] = f"{state}:Wait"
        activities.of(group, instance["Activity"]).update(
            {"StatusCode": "MidLifecycleAction", "Progress": 40}
        )


def _put_into_service(group, instance):
    instance["LifecycleState"] = "InService"
    instance["InServiceSince"] = time.time()
    group["FailedLaunches"] = []
    activities.end(group, instance["Activity"])


def _remove(group, instance):
    group["Instances"] = [one for one in group["Instances"] if one is not instance]
    activities.end(group, instance["Activity"])


def complete(group, instance, hook_name, result, why):
    """Ends one lifecycle action. With several hooks, CONTINUE waits for the others and ABANDON does not."""
    actions = instance["Actions"]
    action = actions.pop(hook_name)
    if result == "ABANDON":
        actions.clear()
    if actions:
        return
    if instance["LifecycleState"] == "Terminating:Wait":
        # "Both results terminate the instance."
        instance["LifecycleState"] = "Terminating:Proceed"
    elif result == "ABANDON":
        message = (
            f"Instance failed to complete user's Lifecycle Action: Lifecycle Action with token "
            f"{action['Token']} was abandoned: {why}"
        )
        activities.end(group, instance["Activity"], "Cancelled", message)
        group["FailedLaunches"] = [*group.get("FailedLaunches", [])[-9:], time.time()]
        terminate(group, instance, "an instance was taken out of service in response to a launch that was abandoned.")
    else:
        instance["LifecycleState"] = "Pending:Proceed"


def proceed(group):
    """Ends the waits whose time is over, and takes the instances that wait for nothing one state further."""
    for instance in list(group["Instances"]):
        state = instance["LifecycleState"]
        if state == "Pending:Proceed":
            _put_into_service(group, instance)
        elif state == "Terminating:Proceed":
            _remove(group, instance)
        elif state.endswith(":Wait"):
            _expire(group, instance)


def _expire(group, instance):
    account, name = get_account_id(), group["AutoScalingGroupName"]
    for hook_name, action in list(instance["Actions"].items()):
        hook = autoscaling._hooks.get(f"{name}/{hook_name}")
        timeout = hook["HeartbeatTimeout"] if hook else 0
        longest = min(LONGEST_WAIT_SECONDS, 100 * timeout)
        is_over = clock.worked(account, action["Beat"]) >= timeout
        if hook_name in instance["Actions"] and (
            is_over or clock.worked(account, action["Began"]) >= longest
        ):
            result = hook["DefaultResult"] if hook else "CONTINUE"
            complete(group, instance, hook_name, result, "Heartbeat Timeout")
