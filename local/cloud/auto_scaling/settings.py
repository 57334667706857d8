"""Settings of a group that the embedded cloud does not store, or whose update it ignores."""

from ministack.services import autoscaling
from replacing import replaces

from .hooks import invalid

NUMBERS = ("DefaultInstanceWarmup", "MaxInstanceLifetime")
# Values that remove a setting. Source: API reference, UpdateAutoScalingGroup.
REMOVED = {"DefaultInstanceWarmup": -1, "MaxInstanceLifetime": 0}

METRICS = (
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
)
PROCESSES = (
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
)


@replaces(autoscaling, "_create_asg")
def keep_at_creation(former, request):
    response = former(request)
    keep(request)
    return response


@replaces(autoscaling, "_update_asg")
def keep_at_update(former, request):
    keep(request)
    return former(request)


def keep(request):
    group = autoscaling._asgs.get(autoscaling._p(request, "AutoScalingGroupName"))
    if group is None:
        return
    for name in NUMBERS:
        if text := autoscaling._p(request, name):
            group[name] = int(text)
            if group[name] == REMOVED[name]:
                del group[name]
    if text := autoscaling._p(request, "CapacityRebalance"):
        group["CapacityRebalance"] = text == "true"
    if text := autoscaling._p(request, "NewInstancesProtectedFromScaleIn"):
        group["NewInstancesProtectedFromScaleIn"] = text == "true"
    if policies := autoscaling._parse_member_list(request, "TerminationPolicies"):
        group["TerminationPolicies"] = policies
    if policy := autoscaling._parse_nested(request, "InstanceMaintenancePolicy"):
        group["InstanceMaintenancePolicy"] = {name: int(text) for name, text in policy.items()}
        if -1 in group["InstanceMaintenancePolicy"].values():
            del group["InstanceMaintenancePolicy"]


@replaces(autoscaling, "_describe_asgs")
def tell_the_settings(former, request):
    status, headers, body = former(request)
    text = body.decode()
    for group in autoscaling._asgs.values():
        kept = {
            name: group[name]
            for name in (*NUMBERS, "CapacityRebalance", "InstanceMaintenancePolicy")
            if name in group
        }
        kept["EnabledMetrics"] = [
            {"Metric": name, "Granularity": "1Minute"} for name in group.get("EnabledMetrics", [])
        ]
        kept["SuspendedProcesses"] = [
            {"ProcessName": name, "SuspensionReason": "User suspended"}
            for name in group.get("SuspendedProcesses", [])
        ]
        arn = f"<AutoScalingGroupARN>{group['AutoScalingGroupARN']}</AutoScalingGroupARN>"
        text = text.replace(arn, arn + autoscaling._member_xml(kept))
    return status, headers, text.encode()


def changes_a_list(action, field, known, request_field, adds):
    """A request that adds names to a list of a group, or takes them out; all of them if it names none."""

    def handle(request):
        group = autoscaling._asgs.get(autoscaling._p(request, "AutoScalingGroupName"))
        if group is None:
            return invalid("AutoScalingGroup name not found")
        named = autoscaling._parse_member_list(request, request_field) or list(known)
        if unknown := [name for name in named if name not in known]:
            return invalid(f"{request_field} {', '.join(unknown)} not supported")
        former = set(group.get(field, []))
        changed = former | set(named) if adds else former - set(named)
        group[field] = [name for name in known if name in changed]
        return autoscaling._xml(200, f"{action}Response", "")

    autoscaling._ACTION_MAP[action] = handle


changes_a_list("EnableMetricsCollection", "EnabledMetrics", METRICS, "Metrics", True)
changes_a_list("DisableMetricsCollection", "EnabledMetrics", METRICS, "Metrics", False)
changes_a_list("SuspendProcesses", "SuspendedProcesses", PROCESSES, "ScalingProcesses", True)
changes_a_list("ResumeProcesses", "SuspendedProcesses", PROCESSES, "ScalingProcesses", False)
