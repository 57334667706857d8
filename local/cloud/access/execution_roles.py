"""The role of a function: Lambda must be allowed to assume it, and puts failed calls aside with it. Source: Lambda
developer guide, "Defining Lambda function permissions with an execution role" and "Adding a dead-letter queue"."""

import asynchronous_calls
from ministack.services import cloudwatch, iam, lambda_svc
from replacing import replaces
from service_roles import refusal_of_function, trusts

LAMBDA = "lambda.amazonaws.com"


def unsuitable(config):
    """The error of a call that sets these settings. None: the role will do."""
    role = iam._roles.get(config.get("Role", "").rpartition("/")[2])
    if role is not None and not trusts(role, LAMBDA):
        return refused("The role defined for the function cannot be assumed by Lambda.")
    target = (config.get("DeadLetterConfig") or {}).get("TargetArn") or ""
    if not target or may_put_aside(config):
        return None
    call = "Publish on SNS" if ":sns:" in target else "SendMessage on SQS"
    return refused(f"The provided execution role does not have permissions to call {call}")


def refused(message):
    return lambda_svc._invalid_parameter_value(message)


def may_put_aside(config):
    target = (config.get("DeadLetterConfig") or {}).get("TargetArn") or ""
    action = "sns:Publish" if ":sns:" in target else "sqs:SendMessage"
    return refusal_of_function(config, action, target) is None


@replaces(lambda_svc, "_create_function")
def create_with_its_role(former, data):
    return unsuitable(data) or former(data)


@replaces(lambda_svc, "_update_config")
def change_with_its_role(former, name, data):
    known = (lambda_svc._functions.get(name) or {}).get("config") or {}
    return unsuitable({**known, **data}) or former(name, data)


@replaces(asynchronous_calls, "_put_aside")
def put_aside_with_the_role(former, config, settings, *details):
    if config.get("DeadLetterConfig") and not may_put_aside(config):
        dimensions = {"FunctionName": config["FunctionName"]}
        cloudwatch.record_metric("AWS/Lambda", "DeadLetterErrors", 1, "Count", dimensions)
        config = {**config, "DeadLetterConfig": {}}
    former(config, settings, *details)
