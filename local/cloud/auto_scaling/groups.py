"""The requests about groups, where they concern instances and templates."""

from ministack.services import autoscaling
from replacing import replaces

from .hooks import invalid, keep_initial_hooks
from .instances import staying, terminate
from .template import given_template


@replaces(autoscaling, "_create_asg")
def create_with_hooks(former, request):
    """It ignores the hooks in the request."""
    name = autoscaling._p(request, "AutoScalingGroupName")
    if name and name not in autoscaling._asgs:
        keep_initial_hooks(name, request)
    return former(request)


@replaces(autoscaling, "_update_asg")
def take_the_new_launch_template(former, request):
    """It ignores a changed launch template; instances keep theirs until they are replaced."""
    group = autoscaling._asgs.get(autoscaling._p(request, "AutoScalingGroupName"))
    template = given_template(request, "LaunchTemplate")
    if group and template:
        # First, so that an instance that this request starts has the new one.
        group["LaunchTemplate"] = template
    return former(request)


@replaces(autoscaling, "_delete_asg")
def delete_only_without_instances(former, request):
    """It deletes a group with its instances also without ForceDelete."""
    group = autoscaling._asgs.get(autoscaling._p(request, "AutoScalingGroupName"))
    if group and group["Instances"] and autoscaling._p(request, "ForceDelete") != "true":
        return autoscaling._error(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
            "still in the group.",
        )
    return former(request)


def find_instance(instance_id):
    for group in autoscaling._asgs.values():
        for instance in group["Instances"]:
            if instance["InstanceId"] == instance_id:
                return group, instance
    return None


def terminate_instances(request):
    """TerminateInstanceInAutoScalingGroup, which it does not know."""
    wanted = autoscaling._parse_member_list(request, "InstanceIds")
    wanted = wanted or [autoscaling._p(request, "InstanceId")]
    found = [find_instance(instance_id) for instance_id in wanted]
    for instance_id, place in zip(wanted, found):
        if place is None:
            return invalid(f"Instance Id not found - No managed instance found for instance ID {instance_id}")
    is_smaller = autoscaling._p(request, "ShouldDecrementDesiredCapacity") == "true"
    activities = []
    for group, instance in found:
        if is_smaller and instance in staying(group):
            if group["DesiredCapacity"] <= group["MinSize"]:
                return invalid(
                    f"Currently, desiredSize equals minSize ({group['MinSize']}). Terminating instance without "
                    "replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity "
                    "flag to false or lower group's min size."
                )
            group["DesiredCapacity"] -= 1
        terminate(group, instance, "instance was taken out of service in response to a user request.")
        activities.append(group["Activities"][0])
        autoscaling._reconcile_instances(group)
    field = "Activities" if autoscaling._p(request, "InstanceIds.member.1") else "Activity"
    content = autoscaling._member_xml(activities if field == "Activities" else activities[0])
    action = "TerminateInstanceInAutoScalingGroup"
    return autoscaling._xml(
        200, f"{action}Response", f"<{action}Result><{field}>{content}</{field}></{action}Result>"
    )


def set_health(request):
    """SetInstanceHealth, which it does not know. "Amazon EC2 Auto Scaling terminates and replaces the unhealthy
    instance." """
    instance_id = autoscaling._p(request, "InstanceId")
    found = find_instance(instance_id)
    if found is None:
        return invalid(f"Instance Id not found - No managed instance found for instance ID {instance_id}")
    group, instance = found
    instance["HealthStatus"] = autoscaling._p(request, "HealthStatus")
    if instance["HealthStatus"] == "Unhealthy":
        cause = "an instance was taken out of service in response to an instance health check failure."
        terminate(group, instance, cause)
        autoscaling._reconcile_instances(group)
    return autoscaling._xml(200, "SetInstanceHealthResponse", "")


autoscaling._ACTION_MAP["TerminateInstanceInAutoScalingGroup"] = terminate_instances
autoscaling._ACTION_MAP["SetInstanceHealth"] = set_health
