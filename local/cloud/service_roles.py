"""With IAM enforced, a service that acts with a role may do what the role may: Lambda with a function's role for its queue and
its log, Scheduler with a schedule's role for its target."""

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam


def refusal(role_arn, action, resource, session):
    """Why the role may not do this, or None."""
    if not app.AUTH:
        return None
    account = get_account_id()
    name = role_arn.rsplit("/", 1)[-1]
    who = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
    context = iam_evaluator.EvalContext(
        principal_arn=who,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=get_region(),
    )
    policies = iam_evaluator._gather_role_policies(name, account)
    limits = iam_evaluator._permissions_boundary(iam._roles, name, account)
    if iam_evaluator.evaluate(context, policies, *limits).decision == "Allow":
        return None
    return f"User: {who} is not authorized to perform: {action} on resource: {resource}"
