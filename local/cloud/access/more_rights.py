"""What a caller needs besides the right to the call itself. Sources: Service Authorization Reference ("dependent
actions"); of each service, "Permissions required to …"."""

import re
from typing import NamedTuple

from ministack.core.responses import get_region
from ministack.services import ec2, iam, sns, sqs, ssm
from systems_manager.agents import instances
from systems_manager.commands import PUBLIC, ids_of

from .request import arn
from .resources import ec2_arn, key_arn, role_arn

TAGGED_AT_CREATION = {
    "autoscaling:CreateAutoScalingGroup": "autoscaling:CreateOrUpdateTags",
    "cloudwatch:PutCompositeAlarm": "cloudwatch:TagResource",
    "cloudwatch:PutMetricAlarm": "cloudwatch:TagResource",
    "dynamodb:CreateTable": "dynamodb:TagResource",
    "ec2:CreateLaunchTemplate": "ec2:CreateTags",
    "ec2:CreateSecurityGroup": "ec2:CreateTags",
    "iam:CreateInstanceProfile": "iam:TagInstanceProfile",
    "iam:CreatePolicy": "iam:TagPolicy",
    "iam:CreateRole": "iam:TagRole",
    "kms:CreateKey": "kms:TagResource",
    "lambda:CreateEventSourceMapping": "lambda:TagResource",
    "lambda:CreateFunction": "lambda:TagResource",
    "logs:CreateLogGroup": "logs:TagResource",
    "sns:CreateTopic": "sns:TagResource",
    "sqs:CreateQueue": "sqs:TagQueue",
    "ssm:CreateDocument": "ssm:AddTagsToResource",
    "ssm:PutParameter": "ssm:AddTagsToResource",
}


class Right(NamedTuple):
    action: str
    resource: str
    context: dict = {}


def more_rights(request, resource):
    yield from tagging(request, resource)
    yield from MORE.get(request.action, lambda _: ())(request)


def tagging(request, resource):
    action = TAGGED_AT_CREATION.get(request.action)
    if action is None or not has_tags(request):
        return
    unnamed = {
        "kms:CreateKey": arn("kms", "key/*"),
        "lambda:CreateEventSourceMapping": arn("lambda", "event-source-mapping:*"),
        "logs:CreateLogGroup": resource.removesuffix(":log-stream:"),
    }
    yield Right(action, unnamed.get(request.action, resource), {"ec2:CreateAction": request.name})


def has_tags(request):
    in_query = request.names(r"(TagSpecification\.\d+\.)?Tags?(\.member|\.entry)?\.\d+\.Key")
    return bool(in_query or request.body.get("Tags") or request.body.get("tags"))


def passing(service, *roles):
    return [Right("iam:PassRole", role, {"iam:PassedToService": service}) for role in roles if role]


def of_function(request):
    return passing("lambda.amazonaws.com", request.value("Role"))


def of_schedule(request):
    return passing("scheduler.amazonaws.com", (request.value("Target") or {}).get("RoleArn"))


def of_state_machine(request):
    return passing("states.amazonaws.com", request.value("roleArn"))


def of_rule(request):
    targets = [target.get("RoleArn") for target in request.values("Targets")]
    return passing("events.amazonaws.com", request.value("RoleArn"), *targets)


def of_hook(request):
    return passing("autoscaling.amazonaws.com", request.value("RoleARN"))


def of_profile(request):
    return passing("ec2.amazonaws.com", role_arn(request.value("RoleName")))


def of_machines(request):
    """"Control Amazon EC2 launch template usage in Auto Scaling groups": whoever gives a group a launch template must be
    allowed to start machines from it, to tag them and to pass them their role."""
    given = [key for key in request.names(r"(.+\.)?LaunchTemplate(Specification)?\.LaunchTemplate(Id|Name)")]
    for key in given:
        prefix, _, kind = key.rpartition(".")
        version = request.value(f"{prefix}.Version") or "$Default"
        content, template, _ = ec2._resolve_launch_template_data({kind: request.value(key), "Version": version})
        if template is not None:
            yield from starting(request, content, template)


def starting(request, content, template):
    template_arn = ec2_arn(template["LaunchTemplateId"])
    context = {"ec2:LaunchTemplate": template_arn, "ec2:Region": get_region()}
    subnets = (request.value("VPCZoneIdentifier") or "").split(",")
    resources = [
        template_arn,
        *[arn("ec2", f"{kind}/*") for kind in ("instance", "network-interface", "volume")],
        *[ec2_arn(one) for one in content.get("SecurityGroupIds", [])],
        *[ec2_arn(one) for one in subnets if one],
    ]
    image = content.get("ImageId", "")
    if image.startswith("ami-"):
        resources.append(arn("ec2", f"image/{image}", ""))
    for resource in resources:
        yield Right("ec2:RunInstances", resource, context)
    for tagged in content.get("TagSpecifications", []):
        made = {"ec2:CreateAction": "RunInstances", **context}
        yield Right("ec2:CreateTags", arn("ec2", f"{tagged['ResourceType']}/*"), made)
    yield from passing("ec2.amazonaws.com", *roles_of(content.get("IamInstanceProfile") or {}))


def roles_of(profile):
    """The roles of an instance profile that is named by its name or its ARN."""
    name = profile.get("Name") or profile.get("Arn", "").rpartition("/")[2]
    return [role_arn(role) for role in (iam._instance_profiles.get(name) or {}).get("Roles", [])]


def of_command(request):
    """A command has to be allowed on its document and on every machine that it goes to."""
    wanted = request.values("InstanceIds") or ids_of(request.body.get("Targets") or [])
    tags = dict(instances())
    for instance in wanted or ["*"]:
        own = tags.get(instance, {})
        keys = {f"{family}/{key}": own[key] for key in own for family in ("ssm:resourceTag", "aws:ResourceTag")}
        yield Right("ssm:SendCommand", arn("ec2", f"instance/{instance}"), keys)


def document_arn(name):
    if name.startswith("arn:"):
        return name
    return arn("ssm", f"document/{name}", "" if name in PUBLIC else None)


def of_move_task(request):
    """Source: SQS developer guide, "Configure queue permissions for dead-letter queue redrive"."""
    source = request.value("SourceArn")
    for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
        yield Right(f"sqs:{action}", source)
    queues = [queue["attributes"]["QueueArn"] for queue in sqs._queues.values() if sends_to(queue, source)]
    for destination in [request.value("DestinationArn")] if request.value("DestinationArn") else queues:
        yield Right("sqs:SendMessage", destination)


def sends_to(queue, dead_letters):
    return re.search(rf'"{re.escape(dead_letters)}"', queue["attributes"].get("RedrivePolicy") or "")


def with_key(*actions, key_of):
    """The rights to the customer's key with which something is encrypted. AWS's own keys need none."""

    def rights(request):
        key = key_of(request) or ""
        found = None if "alias/aws/" in key else key_arn(key)
        via = {"kms:ViaService": f"{request.service}.{get_region()}.amazonaws.com"}
        return [Right(action, found, via) for action in actions if found]

    return rights


def key_of_topic(request):
    topic = sns._topics.get(request.value("TopicArn") or "")
    return topic and topic["attributes"].get("KmsMasterKeyId")


def key_of_queue(request):
    queue = sqs._queues.get(sqs._queue_url((request.value("QueueUrl") or "").rstrip("/").rpartition("/")[2]))
    return queue and queue["attributes"].get("KmsMasterKeyId")


def key_of_parameter(request):
    known = ssm._parameters.get(request.value("Name")) or {}
    is_read = request.name.startswith("Get") and not request.value("WithDecryption")
    kind = request.value("Type") or known.get("Type")
    return None if is_read or kind != "SecureString" else request.value("KeyId") or known.get("KeyId")


MORE = {
    "autoscaling:CreateAutoScalingGroup": of_machines,
    "autoscaling:PutLifecycleHook": of_hook,
    "autoscaling:StartInstanceRefresh": of_machines,
    "autoscaling:UpdateAutoScalingGroup": of_machines,
    "events:PutRule": of_rule,
    "events:PutTargets": of_rule,
    "iam:AddRoleToInstanceProfile": of_profile,
    "lambda:CreateFunction": of_function,
    "lambda:UpdateFunctionConfiguration": of_function,
    "scheduler:CreateSchedule": of_schedule,
    "scheduler:UpdateSchedule": of_schedule,
    "sns:Publish": with_key("kms:Decrypt", "kms:GenerateDataKey", key_of=key_of_topic),
    "sqs:ReceiveMessage": with_key("kms:Decrypt", key_of=key_of_queue),
    "sqs:SendMessage": with_key("kms:Decrypt", "kms:GenerateDataKey", key_of=key_of_queue),
    "sqs:StartMessageMoveTask": of_move_task,
    "ssm:GetParameter": with_key("kms:Decrypt", key_of=key_of_parameter),
    "ssm:PutParameter": with_key("kms:Encrypt", key_of=key_of_parameter),
    "ssm:SendCommand": of_command,
    "states:CreateStateMachine": of_state_machine,
    "states:UpdateStateMachine": of_state_machine,
}
