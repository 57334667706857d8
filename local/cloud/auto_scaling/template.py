"""Which launch template a group's next instance is launched from."""

from ministack.services import autoscaling


def given_template(request, prefix):
    given = {
        name: autoscaling._p(request, f"{prefix}.{name}")
        for name in ("LaunchTemplateId", "LaunchTemplateName", "Version")
    }
    reference = given["LaunchTemplateId"] or given["LaunchTemplateName"]
    if not reference:
        return None
    return {
        "LaunchTemplateId": reference,
        "LaunchTemplateName": given["LaunchTemplateName"] or reference,
        "Version": given["Version"] or "$Default",
    }


def next_template(group):
    """"If a scale-out event occurs during an instance refresh, Amazon EC2 Auto Scaling launches new instances with
    the desired configuration" (user guide, instance refresh)."""
    refresh = active_refresh(group)
    return (refresh and refresh["Target"]) or group.get("LaunchTemplate") or {}


ENDED = ("Successful", "Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed")


def active_refresh(group):
    refreshes = group.get("InstanceRefreshes") or []
    return refreshes[0] if refreshes and refreshes[0]["Status"] not in ENDED else None
