"""What a service may do: with a role that was passed to it, as Lambda with a function's role for its queue and its log, and
Scheduler with a schedule's role for its target; or because a resource's own policy names the service."""

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalContext, evaluate, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, kms


def refusal_of_function(config, action, resource):
    """Why Lambda may not do this with the function's role, or None."""
    return refusal(config.get("Role") or "", "lambda.amazonaws.com", action, resource, config.get("FunctionName", ""))


def refusal_of_schedule(schedule, action, resource):
    """Scheduler says for which group it acts, not for which schedule. Source: EventBridge Scheduler user guide, "Confused
    deputy prevention"."""
    role_arn = schedule["Target"]["RoleArn"]
    group = f"arn:aws:scheduler:{get_region()}:{get_account_id()}:schedule-group/{schedule['GroupName']}"
    return refusal(role_arn, "scheduler.amazonaws.com", action, resource, schedule["Name"], group)


def refusal(role_arn, service, action, resource, session, source=None):
    """Why the service ("lambda.amazonaws.com") may not do this with the role, or None. `source`: the ARN for which it acts."""
    account = get_account_id()
    name = role_arn.rsplit("/", 1)[-1]
    who = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
    role = iam._roles.get(name)
    if role is None or not trusts(role, service, source):
        return f"{service} is not authorized to assume the role {role_arn}"
    context = EvalContext(
        principal_arn=who,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=get_region(),
    )
    limits = iam_evaluator._permissions_boundary(iam._roles, name, account)
    result = evaluate(context, iam_evaluator._gather_role_policies(name, account), *limits)
    own_policy = iam_evaluator._resource_policy(action.partition(":")[0], resource)
    if own_policy is not None:
        result = iam_evaluator.combine_resource_policy(result, context, *own_policy, limits=limits)
    if result.decision == "Allow":
        return None
    return f"User: {who} is not authorized to perform: {action} on resource: {resource}"


def trusts(role, service, source=None):
    """Whether the service may assume the role."""
    return service_may(role["AssumeRolePolicyDocument"], service, "sts:AssumeRole", "*", source)


def service_may(policy, service, action, resource, source):
    """Whether a policy lets a service act for a source of this account, such as a bucket, a topic or an alarm."""
    account = get_account_id()
    context = EvalContext(
        principal_arn="",
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context={
            "aws:sourceaccount": account,
            "aws:sourceowner": account,
            "aws:sourcearn": source,
        },
    )
    return evaluate_resource_policy(policy, context, service=service).decision == "Allow"


def service_may_encrypt(key, service, source):
    """Whether a service may send to a queue or topic that is encrypted with this key: only a customer's key can allow it."""
    if not key:
        return True
    found = kms._resolve_key(key)
    return found is not None and all(
        service_may(found.get("Policy"), service, action, found["Arn"], source)
        for action in ("kms:Decrypt", "kms:GenerateDataKey")
    )
