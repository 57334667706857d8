"""The scaling activities of a group: what was launched and terminated, why, and how it ended."""

import datetime

from ministack.core.responses import new_uuid
from ministack.services import autoscaling
from replacing import replaces

KEPT = 100


def now():
    moment = datetime.datetime.now(datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def begin(group, description, cause, status="InProgress"):
    activity = {
        "ActivityId": new_uuid(),
        "AutoScalingGroupName": group["AutoScalingGroupName"],
        "AutoScalingGroupARN": group["AutoScalingGroupARN"],
        "Description": description,
        "Cause": f"At {now()[:-5]}Z {cause}",
        "StartTime": now(),
        "StatusCode": status,
        "Progress": 40 if status == "MidLifecycleAction" else 50,
    }
    group["Activities"] = [activity, *group.get("Activities", [])[: KEPT - 1]]
    return activity


def of(group, activity_id):
    return next((a for a in group.get("Activities", []) if a["ActivityId"] == activity_id), {})


def end(group, activity_id, status="Successful", message=None):
    activity = of(group, activity_id)
    if activity:
        activity.update({"StatusCode": status, "EndTime": now(), "Progress": 100})
        if message:
            activity["StatusMessage"] = message


def activity_xml(activity):
    return autoscaling._member_xml(activity)


@replaces(autoscaling, "_describe_scaling_activities")
def tell_the_activities(_former, request):
    """It returns none."""
    name = autoscaling._p(request, "AutoScalingGroupName")
    wanted = autoscaling._parse_member_list(request, "ActivityIds")
    found = [
        activity
        for group in autoscaling._asgs.values()
        if name in ("", group["AutoScalingGroupName"])
        for activity in group.get("Activities", [])
        if not wanted or activity["ActivityId"] in wanted
    ]
    members = autoscaling._member_xml(found)
    return autoscaling._xml(
        200,
        "DescribeScalingActivitiesResponse",
        f"<DescribeScalingActivitiesResult><Activities>{members}</Activities></DescribeScalingActivitiesResult>",
    )
