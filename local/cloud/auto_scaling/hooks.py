"""The requests about lifecycle hooks and lifecycle actions."""

import time

from ministack.services import autoscaling
from replacing import replaces

from .instances import LAUNCHING, complete

KNOWN_RESULTS = ("CONTINUE", "ABANDON")


def keep_initial_hooks(name, request):
    """The hooks of CreateAutoScalingGroup exist before the first instance is launched."""
    specifications = autoscaling._parse_nested(request, "LifecycleHookSpecificationList")
    for specification in specifications or []:
        hook = specification["LifecycleHookName"]
        autoscaling._hooks[f"{name}/{hook}"] = autoscaling._hook_record(name, hook, specification)


@replaces(autoscaling, "_put_lifecycle_hook")
def put_only_on_a_group(former, request):
    """It accepts a hook of a group that does not exist."""
    name = autoscaling._p(request, "AutoScalingGroupName")
    if name not in autoscaling._asgs:
        return invalid(f"AutoScalingGroup name not found - AutoScalingGroup {name} not found")
    return former(request)


@replaces(autoscaling, "_delete_lifecycle_hook")
def complete_what_waits(former, request):
    """"If there are any outstanding lifecycle actions, they are completed first (ABANDON for launching instances,
    CONTINUE for terminating instances)" (API reference, DeleteLifecycleHook)."""
    name = autoscaling._p(request, "AutoScalingGroupName")
    hook = autoscaling._p(request, "LifecycleHookName")
    known = autoscaling._hooks.get(f"{name}/{hook}")
    if known is None:
        return invalid(f"No Lifecycle Hook found: {name}/{hook}")
    result = "ABANDON" if known["LifecycleTransition"] == LAUNCHING else "CONTINUE"
    group = autoscaling._asgs.get(name)
    for instance in list(group["Instances"]) if group else []:
        if hook in instance.get("Actions", {}):
            complete(group, instance, hook, result, "the lifecycle hook was deleted")
    return former(request)


@replaces(autoscaling, "_complete_lifecycle_action")
def complete_the_action(former, request):
    """It accepts everything and changes nothing."""
    result = autoscaling._p(request, "LifecycleActionResult")
    if result not in KNOWN_RESULTS:
        return invalid(f"LifecycleActionResult is {result}; it must be one of {', '.join(KNOWN_RESULTS)}")
    found = action_of(request)
    if isinstance(found, str):
        return invalid(found)
    group, instance, hook = found
    complete(group, instance, hook, result, f"Lifecycle Action Completed with {result} Result")
    return former(request)


@replaces(autoscaling, "_record_lifecycle_heartbeat")
def extend_the_wait(former, request):
    """It accepts everything and changes nothing."""
    found = action_of(request)
    if isinstance(found, str):
        return invalid(found)
    _, instance, hook = found
    instance["Actions"][hook]["Beat"] = time.time()
    return former(request)


def action_of(request):
    """The group, instance and hook of a request, or why there is none, in AWS's words."""
    name, hook, wanted, token = (
        autoscaling._p(request, key)
        for key in ("AutoScalingGroupName", "LifecycleHookName", "InstanceId", "LifecycleActionToken")
    )
    group = autoscaling._asgs.get(name)
    if group is None:
        return f"AutoScalingGroup name not found - AutoScalingGroup {name} not found"
    for instance in group["Instances"]:
        action = instance.get("Actions", {}).get(hook)
        if action and (instance["InstanceId"] == wanted or (token and action["Token"] == token)):
            return group, instance, hook
    if token:
        return f"No active Lifecycle Action found with token {token}"
    return f"No active Lifecycle Action found with instance ID {wanted}"


def invalid(message):
    return autoscaling._error("ValidationError", autoscaling.escape(message))
