"""The resources on which a call has to be allowed, where the embedded cloud does not know them. Source: Service
Authorization Reference. Undefined (None): the embedded cloud knows them."""

import re

from ministack.core.responses import get_account_id
from ministack.services import autoscaling, ec2, iam, kms

from .request import arn

ANY = ["*"]


def resources_of(request):
    own = OWN.get(request.service)
    return own(request) if own else None


def auto_scaling(request):
    if request.name.startswith("Describe"):
        return ANY
    names = [request.value("AutoScalingGroupName")]
    if request.name in ("CreateOrUpdateTags", "DeleteTags"):
        names = [request.value(key) for key in request.names(r"Tags\.member\.\d+\.ResourceId")]
    elif request.value("InstanceId"):
        names = names if names[0] else [group_of_instance(request.value("InstanceId"))]
    return [group_arn(name) for name in dict.fromkeys(names) if name] or ANY


def group_of_instance(instance_id):
    for name, group in autoscaling._asgs.items():
        if any(one["InstanceId"] == instance_id for one in group["Instances"]):
            return name
    return None


def group_arn(name):
    group = autoscaling._asgs.get(name)
    return group["AutoScalingGroupARN"] if group else arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{name}")


def cloudwatch(request):
    tagged = request.value("ResourceARN")
    if tagged:
        return [tagged]
    if "Dashboard" in request.name:
        names = [request.value("DashboardName"), *request.values("DashboardNames")]
        return [arn("cloudwatch", f"dashboard/{name}", region="") for name in names if name] or ANY
    if "Alarm" not in request.name:
        return ANY
    # "You can't return information about composite alarms if your permission has a narrower scope."
    names = [request.value("AlarmName"), *request.values("AlarmNames")]
    is_narrow = "CompositeAlarm" not in request.values("AlarmTypes")
    return [arn("cloudwatch", f"alarm:{name}") for name in names if name and is_narrow] or [arn("cloudwatch", "alarm:*")]


EC2_TYPES = {
    "i": "instance",
    "lt": "launch-template",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "subnet": "subnet",
    "vol": "volume",
    "vpc": "vpc",
}


def of_ec2(request):
    name = request.name
    if name.startswith("Describe"):
        return ANY
    if name in ("CreateTags", "DeleteTags"):
        return [ec2_arn(one) for one in request.values("ResourceId")]
    if name == "CreateLaunchTemplate":
        return [arn("ec2", "launch-template/*")]
    if "LaunchTemplate" in name:
        return [ec2_arn(launch_template_id(request))]
    if name == "CreateSecurityGroup":
        vpc = request.value("VpcId")
        return [arn("ec2", "security-group/*"), *([ec2_arn(vpc)] if vpc else [])]
    return None


def ec2_arn(resource_id):
    kind = EC2_TYPES.get(resource_id.partition("-")[0], "*")
    return arn("ec2", f"{kind}/{resource_id}")


def launch_template_id(request):
    wanted = request.value("LaunchTemplateName")
    for template in ec2._launch_templates.values():
        if template["LaunchTemplateName"] == wanted:
            return template["LaunchTemplateId"]
    return request.value("LaunchTemplateId") or "lt-unknown"


def of_iam(request):
    profile = request.value("InstanceProfileName")
    if profile:
        known = iam._instance_profiles.get(profile)
        return [known["Arn"] if known else new_iam_arn(request, "instance-profile", profile)]
    role = request.value("RoleName")
    if role:
        return [role_arn(role, new_iam_arn(request, "role", role))]
    policy = request.value("PolicyName") if request.name == "CreatePolicy" else None
    return [new_iam_arn(request, "policy", policy)] if policy else None


def new_iam_arn(request, kind, name):
    return arn("iam", f"{kind}{request.value('Path') or '/'}{name}", region="")


def role_arn(name, otherwise=None):
    """With its path."""
    role = iam._roles.get(name)
    return role["Arn"] if role else otherwise


def of_kms(request):
    if "Alias" in request.name and request.name != "ListAliases":
        alias = request.value("AliasName") or ""
        keys = [key_arn(one) for one in (request.value("TargetKeyId"), alias) if one]
        return [arn("kms", alias), *[key for key in keys if key]]
    if not request.value("KeyId"):
        return None
    return [key_arn(request.value("KeyId"))] if key_arn(request.value("KeyId")) else None


def key_arn(key):
    """Of a key that is named by its id, its ARN or an alias. None: there is no such key."""
    found = kms._resolve_key(key)
    return found["Arn"] if found else None


def lambda_function(request):
    mapping = re.search(r"/event-source-mappings/([^/]+)", request.path)
    if mapping:
        return [arn("lambda", f"event-source-mapping:{mapping[1]}")]
    function = re.search(r"/functions/(.+)", request.path)
    if not function:
        # Also CreateEventSourceMapping; it has the function as a condition key.
        name = request.value("FunctionName") if request.name == "CreateFunction" else None
        return [arn("lambda", f"function:{name}")] if name else None
    # Since 2022 an action on a version or an alias has to be allowed on its own ARN.
    qualifier = request.value("Qualifier")
    name = function[1].split("/")[0]
    whole = name if name.startswith("arn:") else arn("lambda", f"function:{name}")
    return [f"{whole}:{qualifier}" if qualifier and whole.count(":") == 6 else whole]


LOG_STREAM = ("CreateLogStream", "DeleteLogStream", "GetLogEvents", "PutLogEvents")


def logs(request):
    """Source also: CloudWatch Logs user guide, "Log group ARNs": only tagging takes an ARN without ":*"."""
    if request.name == "DescribeLogGroups":
        return ANY
    tagged = request.value("resourceArn")
    if tagged:
        return [tagged]
    given = request.values("logGroupNames") or request.values("logGroupIdentifiers")
    names = given or [request.value("logGroupName") or request.value("logGroupIdentifier")]
    stream = (request.value("logStreamName") or "") if request.name in LOG_STREAM else ""
    groups = [name if name.startswith("arn:") else arn("logs", f"log-group:{name}") for name in names if name]
    return [f"{group.removesuffix(':*')}:log-stream:{stream}" for group in groups] or ANY


def scheduler(request):
    found = re.search(r"/schedules/([^/]+)", request.path)
    if not found:
        return None
    group = request.value("GroupName") or request.value("groupName") or "default"
    return [arn("scheduler", f"schedule/{group}/{found[1]}")]


def sns(request):
    subscription = request.value("SubscriptionArn")
    if subscription:
        return [subscription.rpartition(":")[0]]
    tagged = request.value("ResourceArn")
    return [tagged] if tagged else None


def sqs(request):
    source = request.value("SourceArn")
    return [source] if source else None


def dynamodb(request):
    tagged = request.value("ResourceArn")
    return [tagged] if tagged else None


def ssm(request):
    """Automation and documents also have a `Name`, and the embedded cloud takes it for that of a parameter."""
    if request.name == "SendCommand":
        from .more_rights import document_arn

        return [document_arn(request.value("DocumentName"))]
    if "Document" in request.name:
        name = request.value("Name")
        return [document(name)] if name else ANY
    if request.value("ResourceType") == "Document":
        return [document(request.value("ResourceId"))]
    names = request.values("Names") or [request.value("Path") or request.value("Name")]
    return [parameter(name) for name in names if name] or None


def document(name):
    return name if name.startswith("arn:") else arn("ssm", f"document/{name}")


def parameter(name):
    """AWS's own parameters are in no account. A name may end with a version or a label."""
    if name.startswith("arn:"):
        return name
    account = "" if name.startswith("/aws/service/") else get_account_id()
    plain = name.split(":")[0].strip("/") if name != "/" else ""
    return arn("ssm", f"parameter/{plain}", account)


OWN = {
    "autoscaling": auto_scaling,
    "dynamodb": dynamodb,
    "ec2": of_ec2,
    "iam": of_iam,
    "kms": of_kms,
    "lambda": lambda_function,
    "logs": logs,
    "monitoring": cloudwatch,
    "scheduler": scheduler,
    "sns": sns,
    "sqs": sqs,
    "ssm": ssm,
}
