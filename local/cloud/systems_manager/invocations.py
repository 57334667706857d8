"""A command on one machine: Pending, InProgress, then Success, Failed, TimedOut or Cancelled. Source: user guide,
"Understanding command statuses"."""

import datetime
import time

import clock
from ministack.core.responses import get_account_id
from ministack.services import ssm

TERMINAL = ("Success", "Failed", "TimedOut", "Cancelled")
DEFAULT_EXECUTION_SECONDS = 3600


def new(command, instance_id):
    return {
        "CommandId": command["CommandId"],
        "InstanceId": instance_id,
        "Comment": command["Comment"],
        "DocumentName": command["DocumentName"],
        "DocumentVersion": command["DocumentVersion"],
        "PluginName": command["Plugin"],
        "RequestedDateTime": command["RequestedDateTime"],
        # "-1: the command hasn't started running on the managed node, or it wasn't received by the node."
        "ResponseCode": -1,
        "ExecutionStartDateTime": "",
        "ExecutionElapsedTime": "",
        "ExecutionEndDateTime": "",
        "Status": "Pending",
        "StatusDetails": "Pending",
        "StandardOutputContent": "",
        "StandardOutputUrl": "",
        "StandardErrorContent": "",
        "StandardErrorUrl": "",
    }


def deliver(instance_ids):
    """The commands that wait for these instances; they are in progress from now on."""
    commands = []
    for command in ssm._commands.values():
        for instance_id, invocation in command["Invocations"].items():
            if instance_id in instance_ids and invocation["Status"] == "Pending":
                began = time.time()
                invocation.update({"Began": began, "ExecutionStartDateTime": iso(began)})
                settle(command, invocation, "InProgress", "InProgress")
                commands.append(
                    {
                        "commandId": command["CommandId"],
                        "instanceId": instance_id,
                        "document": command["Document"],
                        "parameters": command["Parameters"],
                    }
                )
    return commands


def finish(result):
    command = ssm._commands.get(result["commandId"]) or {}
    invocation = command.get("Invocations", {}).get(result["instanceId"])
    if invocation is None or invocation["Status"] in TERMINAL:
        return
    ended = time.time()
    invocation.update(
        {
            "ResponseCode": result["exitCode"],
            "StandardOutputContent": result["stdout"][: ssm._STDOUT_LIMIT],
            "StandardErrorContent": result["stderr"][: ssm._STDERR_LIMIT],
            "ExecutionEndDateTime": iso(ended),
            "ExecutionElapsedTime": f"PT{ended - invocation['Began']:.3f}S",
        }
    )
    status = "Success" if result["exitCode"] == 0 else "Failed"
    settle(command, invocation, status, status)


def expire():
    """Ends the commands that no agent fetched, and those that run for too long."""
    account = get_account_id()
    for command in ssm._commands.values():
        for invocation in command["Invocations"].values():
            if invocation["Status"] == "Pending":
                if clock.worked(account, command["RequestedDateTime"]) >= command["TimeoutSeconds"]:
                    settle(command, invocation, "TimedOut", "DeliveryTimedOut")
            elif invocation["Status"] in ("InProgress", "Cancelling"):
                if clock.worked(account, invocation["Began"]) >= command["ExecutionSeconds"]:
                    invocation["ExecutionEndDateTime"] = iso(time.time())
                    settle(command, invocation, "TimedOut", "ExecutionTimedOut")


def settle(command, invocation, status, details):
    invocation.update({"Status": status, "StatusDetails": details})
    roll_up(command)


def roll_up(command):
    """The status of a command is that of its invocations. With MaxErrors 0, one failure fails it."""
    states = [invocation["Status"] for invocation in command["Invocations"].values()]
    ended = [state for state in states if state in TERMINAL]
    details = [invocation["StatusDetails"] for invocation in command["Invocations"].values()]
    command["CompletedCount"] = len(ended)
    command["ErrorCount"] = sum(state in ("Failed", "TimedOut") for state in states)
    command["DeliveryTimedOutCount"] = details.count("DeliveryTimedOut")
    if len(ended) == len(states):
        order = ("Cancelled", "Failed", "TimedOut", "Success")
        status = next((state for state in order if state in states), "Success")
    elif all(state == "Pending" for state in states):
        status = "Pending"
    else:
        status = "Cancelling" if "Cancelling" in states else "InProgress"
    position = states.index(status) if status in states else None
    command["Status"] = status
    command["StatusDetails"] = status if position is None else details[position]


def iso(seconds):
    moment = datetime.datetime.fromtimestamp(seconds, tz=datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
