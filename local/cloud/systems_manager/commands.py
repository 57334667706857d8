"""SendCommand and the requests about commands. Source: API reference, SendCommand to CancelCommand."""

import re
import time

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import ssm
from replacing import replaces

from . import agents, documents, invocations
from .requests import Refused, action

DEFAULT_DELIVERY_SECONDS = 3600
DAYS_KEPT = 30

# Public documents that commands name most. The fleet says that it does not emulate their script.
PUBLIC = {
    "AWS-RunShellScript": {
        "schemaVersion": "1.2",
        "parameters": {"commands": {}, "workingDirectory": {}, "executionTimeout": {}},
        "runtimeConfig": {"aws:runShellScript": {"properties": []}},
    }
}


@replaces(ssm, "_public_command")
def without_what_is_ours(former, record):
    ours = ("Document", "Plugin", "ExecutionSeconds")
    return {name: value for name, value in former(record).items() if name not in ours}


@action("SendCommand")
def send(request):
    name = request["DocumentName"]
    version, content = document_of(name, request.get("DocumentVersion"))
    parameters = checked(content, request.get("Parameters") or {})
    targets = request.get("Targets") or []
    instance_ids = list(request.get("InstanceIds") or []) or ids_of(targets)
    unknown = [one for one in instance_ids if one not in agents.managed()]
    if unknown:
        message = f"Instances [[{', '.join(unknown)}]] not in a valid state for account {get_account_id()}"
        raise Refused("InvalidInstanceId", message)
    steps = content.get("mainSteps") or []
    now = time.time()
    command = {
        "CommandId": new_uuid(),
        "DocumentName": name,
        "DocumentVersion": request.get("DocumentVersion") or version,
        "Comment": request.get("Comment", ""),
        "ExpiresAfter": now + request.get("TimeoutSeconds", DEFAULT_DELIVERY_SECONDS),
        "Parameters": parameters,
        "InstanceIds": list(request.get("InstanceIds") or []),
        "Targets": targets,
        "RequestedDateTime": now,
        "Status": "Pending",
        "StatusDetails": "Pending",
        "OutputS3Region": get_region(),
        "OutputS3BucketName": request.get("OutputS3BucketName", ""),
        "OutputS3KeyPrefix": request.get("OutputS3KeyPrefix", ""),
        "MaxConcurrency": request.get("MaxConcurrency", "50"),
        "MaxErrors": request.get("MaxErrors", "0"),
        "TargetCount": len(instance_ids),
        "CompletedCount": 0,
        "ErrorCount": 0,
        "DeliveryTimedOutCount": 0,
        "TimeoutSeconds": request.get("TimeoutSeconds", DEFAULT_DELIVERY_SECONDS),
        "Document": content,
        "Plugin": steps[0].get("name", "") if steps else "aws:runShellScript",
        "ExecutionSeconds": execution_seconds(steps),
    }
    command["Invocations"] = {one: invocations.new(command, one) for one in instance_ids}
    if not instance_ids:
        command.update({"Status": "Success", "StatusDetails": "NoInstancesInTag"})
    ssm._commands[command["CommandId"]] = command
    for old in [one for one in ssm._commands.values() if one["RequestedDateTime"] < now - DAYS_KEPT * 86_400]:
        del ssm._commands[old["CommandId"]]
    return {"Command": ssm._public_command(command)}


def document_of(name, version):
    if name in PUBLIC:
        return "1", PUBLIC[name]
    document, found = documents.find(name, version)
    return found["DocumentVersion"], documents.parsed(found["Content"], found["DocumentFormat"])


def ids_of(targets):
    """The managed instances that all targets match."""
    found = agents.managed()
    for target in targets:
        key, values = target["Key"], target["Values"]
        if key.lower() == "instanceids":
            found = {name: found.get(name, {}) for name in values}
        else:
            tag = key.removeprefix("tag:")
            found = {name: tags for name, tags in found.items() if tags.get(tag) in values}
    return list(found)


def checked(content, given):
    """The parameters of a command, with the document's defaults."""
    declared = content.get("parameters") or {}
    unknown = [name for name in given if name not in declared]
    if unknown:
        raise Refused("InvalidParameters", f"The document has no parameter {', '.join(unknown)}.")
    for name, parameter in declared.items():
        if name not in given and "default" not in parameter and content["schemaVersion"] != "1.2":
            raise Refused("InvalidParameters", f"The parameter {name} is required.")
        for value in given.get(name) or []:
            pattern = parameter.get("allowedPattern")
            allowed = parameter.get("allowedValues")
            if (pattern and not re.search(pattern, value)) or (allowed and value not in allowed):
                raise Refused("InvalidParameters", f"The value of {name} is not allowed by the document.")
    defaults = {
        name: [str(parameter["default"])]
        for name, parameter in declared.items()
        if "default" in parameter
    }
    return {**defaults, **given}


def execution_seconds(steps):
    text = str((steps[0].get("inputs") or {}).get("timeoutSeconds", "")) if steps else ""
    return int(text) if text.isdigit() else invocations.DEFAULT_EXECUTION_SECONDS


@action("GetCommandInvocation")
def get_invocation(request):
    invocations.expire()
    command = ssm._commands.get(request["CommandId"]) or {}
    invocation = command.get("Invocations", {}).get(request["InstanceId"])
    if invocation is None:
        raise Refused("InvocationDoesNotExist", "")
    hidden = ("Began", "RequestedDateTime")
    return {name: value for name, value in invocation.items() if name not in hidden}


@action("ListCommandInvocations")
def list_invocations(request):
    invocations.expire()
    wanted_command, wanted_instance = request.get("CommandId"), request.get("InstanceId")
    found = [
        invocation
        for command in ssm._commands.values()
        for invocation in command["Invocations"].values()
        if wanted_command in (None, command["CommandId"])
        and wanted_instance in (None, invocation["InstanceId"])
    ]
    found.sort(key=lambda one: one["RequestedDateTime"], reverse=True)
    start = int(request.get("NextToken") or 0)
    limit = request.get("MaxResults") or 50
    answer = {"CommandInvocations": [listed(one, request.get("Details")) for one in found[start : start + limit]]}
    if start + limit < len(found):
        answer["NextToken"] = str(start + limit)
    return answer


def listed(invocation, with_details):
    names = (
        *("CommandId", "InstanceId", "Comment", "DocumentName", "DocumentVersion"),
        *("RequestedDateTime", "Status", "StatusDetails", "StandardOutputUrl", "StandardErrorUrl"),
    )
    plugin = {
        "Name": invocation["PluginName"],
        "Status": invocation["Status"],
        "StatusDetails": invocation["StatusDetails"],
        "ResponseCode": invocation["ResponseCode"],
        "Output": invocation["StandardOutputContent"] + invocation["StandardErrorContent"],
    }
    return {
        **{name: invocation[name] for name in names},
        "CommandPlugins": [plugin] if with_details else [],
    }


@action("CancelCommand")
def cancel(request):
    """"Attempts to cancel the command. There is no guarantee that the command will be terminated." """
    command = ssm._commands.get(request["CommandId"])
    if command is None:
        raise Refused("InvalidCommandId", "")
    wanted = request.get("InstanceIds") or list(command["Invocations"])
    for instance_id in wanted:
        invocation = command["Invocations"].get(instance_id)
        if invocation is None:
            raise Refused("InvalidInstanceId", f"{instance_id} is not a target of the command.")
        if invocation["Status"] == "Pending":
            invocations.settle(command, invocation, "Cancelled", "Cancelled")
        elif invocation["Status"] == "InProgress":
            invocations.settle(command, invocation, "Cancelling", "Cancelling")
    return {}


@replaces(ssm, "_list_commands")
def list_after_expiry(former, request):
    invocations.expire()
    return former(request)
