"""The requests about instance refreshes."""

from ministack.core.responses import new_uuid
from ministack.services import autoscaling
from replacing import replaces

from . import refresh as course
from .hooks import invalid
from .template import active_refresh, given_template

NUMBERS = (
    "MinHealthyPercentage",
    "MaxHealthyPercentage",
    "InstanceWarmup",
    "CheckpointDelay",
    "BakeTime",
)


@replaces(autoscaling, "_start_instance_refresh")
def start(_former, request):
    """It reports a refresh as done, keeps the instances and forgets the desired configuration."""
    group = group_of(request)
    if group is None:
        return group_not_found(request)
    if active_refresh(group):
        return autoscaling._error(
            "InstanceRefreshInProgress",
            "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.",
        )
    preferences = preferences_of(request, group)
    if fault := fault_of(preferences):
        return invalid(fault)
    desired = given_template(request, "DesiredConfiguration.LaunchTemplate")
    before = group.get("LaunchTemplate") or {}
    refresh = {
        "InstanceRefreshId": new_uuid(),
        "AutoScalingGroupName": group["AutoScalingGroupName"],
        "Status": "Pending",
        "StatusReason": "",
        "PercentageComplete": 0,
        "InstancesToUpdate": len(group["Instances"]),
        "Preferences": preferences,
        "DesiredConfiguration": desired,
        "Target": desired or before,
        "Before": before,
    }
    group["InstanceRefreshes"] = [refresh, *group.get("InstanceRefreshes", [])]
    return answer("StartInstanceRefresh", refresh)


def preferences_of(request, group):
    given = autoscaling._parse_nested(request, "Preferences")
    maintenance = group.get("InstanceMaintenancePolicy", {"MinHealthyPercentage": 90})
    preferences = {
        **maintenance,
        "InstanceWarmup": group.get("DefaultInstanceWarmup", group["HealthCheckGracePeriod"]),
        "ScaleInProtectedInstances": given.get("ScaleInProtectedInstances") or "Wait",
        "SkipMatching": given.get("SkipMatching") == "true",
        "AutoRollback": given.get("AutoRollback") == "true",
        "Alarms": (given.get("AlarmSpecification") or {}).get("Alarms") or [],
        "CheckpointPercentages": [int(text) for text in given.get("CheckpointPercentages") or []],
    }
    preferences.update({name: int(given[name]) for name in NUMBERS if given.get(name)})
    return preferences


def fault_of(preferences):
    least, most = preferences["MinHealthyPercentage"], preferences.get("MaxHealthyPercentage")
    percentages = preferences["CheckpointPercentages"]
    if not 0 <= least <= 100:
        return f"MinHealthyPercentage is {least}; it must be from 0 to 100"
    if most is not None and not 100 <= most <= 200:
        return f"MaxHealthyPercentage is {most}; it must be from 100 to 200"
    if most is not None and most - least > 100:
        return f"MaxHealthyPercentage {most} and MinHealthyPercentage {least} must not differ by more than 100"
    if percentages != sorted(set(percentages)):
        return f"CheckpointPercentages are {percentages}; each must be unique, in ascending order"
    if "CheckpointDelay" in preferences and not percentages:
        return "CheckpointDelay needs CheckpointPercentages"
    return None


@replaces(autoscaling, "_cancel_instance_refresh")
def cancel(_former, request):
    """It cancels at once. "When set to false, Amazon EC2 Auto Scaling cancels the instance refresh without waiting for
    any pending launches or terminations to complete." """
    group = group_of(request)
    if group is None:
        return group_not_found(request)
    refresh = active_refresh(group)
    if refresh is None:
        return none_active(group)
    waits = autoscaling._p(request, "WaitForTransitioningInstances") != "false"
    refresh.update({"Status": "Cancelling", "WaitsForTransitions": waits})
    return answer("CancelInstanceRefresh", refresh)


def roll_back(request):
    """RollbackInstanceRefresh, which it does not know."""
    group = group_of(request)
    if group is None:
        return group_not_found(request)
    refresh = active_refresh(group)
    if refresh is None or refresh["Status"] in ("Cancelling", "RollbackInProgress"):
        return none_active(group)
    if not refresh["DesiredConfiguration"] or refresh["Before"].get("Version") in ("$Latest", "$Default"):
        return autoscaling._error(
            "IrreversibleInstanceRefresh",
            "The instance refresh cannot be rolled back: it has no desired configuration, or the group uses $Latest "
            "or $Default.",
        )
    if refresh["Status"] == "Pending":
        course.advance(group)
    course.roll_back(group, refresh, "Rollback was requested by a user.")
    return answer("RollbackInstanceRefresh", refresh)


@replaces(autoscaling, "_describe_instance_refreshes")
def describe(_former, request):
    group = group_of(request)
    if group is None:
        return group_not_found(request)
    wanted = autoscaling._parse_member_list(request, "InstanceRefreshIds")
    found = [
        public(refresh)
        for refresh in group.get("InstanceRefreshes", [])
        if not wanted or refresh["InstanceRefreshId"] in wanted
    ]
    members = autoscaling._member_xml(found)
    action = "DescribeInstanceRefreshes"
    inner = f"<InstanceRefreshes>{members}</InstanceRefreshes>"
    return autoscaling._xml(200, f"{action}Response", f"<{action}Result>{inner}</{action}Result>")


PUBLIC = (
    "InstanceRefreshId",
    "AutoScalingGroupName",
    "Status",
    "StatusReason",
    "StartTime",
    "EndTime",
    "PercentageComplete",
    "InstancesToUpdate",
    "RollbackDetails",
)


def public(refresh):
    shown = {name: refresh[name] for name in PUBLIC if refresh.get(name) not in (None, "")}
    # A refresh that an older version of this folder has kept has fewer preferences, some of them empty.
    preferences = {name: value for name, value in refresh["Preferences"].items() if value != ""}
    preferences["AlarmSpecification"] = {"Alarms": preferences.pop("Alarms", [])}
    shown["Preferences"] = preferences
    if refresh.get("DesiredConfiguration"):
        shown["DesiredConfiguration"] = {"LaunchTemplate": refresh["DesiredConfiguration"]}
    return shown


def group_of(request):
    return autoscaling._asgs.get(autoscaling._p(request, "AutoScalingGroupName"))


def group_not_found(request):
    name = autoscaling._p(request, "AutoScalingGroupName")
    return invalid(f"AutoScalingGroup name not found - AutoScalingGroup {name} not found")


def none_active(group):
    name = group["AutoScalingGroupName"]
    message = f"No in progress or pending Instance Refresh found for Auto Scaling group {name}"
    return autoscaling._error("ActiveInstanceRefreshNotFound", message)


def answer(action, refresh):
    inner = f"<InstanceRefreshId>{refresh['InstanceRefreshId']}</InstanceRefreshId>"
    return autoscaling._xml(200, f"{action}Response", f"<{action}Result>{inner}</{action}Result>")


autoscaling._ACTION_MAP["RollbackInstanceRefresh"] = roll_back
