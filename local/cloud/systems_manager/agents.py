"""The agents that run on machines: those of Auto Scaling groups, which the fleet (local/fleet) plays, and single instances,
which a test or the rehearsal plays. Who plays a machine reports its agent, fetches its commands and returns the results."""

import time

import control
from ministack.core.responses import (
    AccountRegionScopedDict,
    set_request_account_id,
    set_request_region,
)
from ministack.services import autoscaling, ec2, ssm
from replacing import replaces

from . import invocations
from .requests import action

# An agent that was not heard for so long has lost its connection.
LOST_AFTER_SECONDS = 10

_heard = AccountRegionScopedDict()


@control.handles("agents")
def turn(request):
    """One turn of all agents of an account in a region: {account, region, instances, results} -> {commands}."""
    set_request_account_id(request["account"])
    set_request_region(request["region"])
    for result in request["results"]:
        invocations.finish(result)
    for instance_id in request["instances"]:
        _heard[instance_id] = time.time()
    return {"commands": invocations.deliver(request["instances"])}


def instances():
    """Single instances and those of all groups, with their tags."""
    for instance_id in ec2._instances:
        yield instance_id, {tag["Key"]: tag["Value"] for tag in ec2._tags.get(instance_id) or []}
    for group in autoscaling._asgs.values():
        tags = {tag["Key"]: tag["Value"] for tag in group["Tags"] if tag["PropagateAtLaunch"]}
        tags["aws:autoscaling:groupName"] = group["AutoScalingGroupName"]
        for instance in group["Instances"]:
            yield instance["InstanceId"], tags


def managed():
    """Instances whose agent has registered, with their tags."""
    return {name: tags for name, tags in instances() if name in _heard}


def is_online(instance_id):
    return time.time() - _heard.get(instance_id, 0) < LOST_AFTER_SECONDS


@replaces(ssm, "reset")
def forget_agents(former):
    _heard.clear()
    return former()


@action("DescribeInstanceInformation")
def describe_instance_information(request):
    wanted = None
    for one in request.get("Filters") or []:
        if one["Key"] == "InstanceIds":
            wanted = one["Values"]
    for one in request.get("InstanceInformationFilterList") or []:
        if one["key"] == "InstanceIds":
            wanted = one["valueSet"]
    found = [name for name in managed() if wanted is None or name in wanted]
    return {
        "InstanceInformationList": [
            {
                "InstanceId": name,
                "PingStatus": "Online" if is_online(name) else "ConnectionLost",
                "LastPingDateTime": _heard[name],
                "AgentVersion": "3.3.2299.0",
                "IsLatestVersion": True,
                "PlatformType": "Linux",
                "PlatformName": "Amazon Linux",
                "PlatformVersion": "2023",
                "ResourceType": "EC2Instance",
            }
            for name in found
        ]
    }
