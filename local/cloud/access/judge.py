"""Judges a call by all the resources and rights that it needs, and says which of them is missing."""

import contextvars

from ministack.core import iam_actions, iam_evaluator
from replacing import replaces

from .conditions import context_of
from .more_rights import more_rights
from .request import current
from .resources import resources_of

# The right that the judged call lacks.
_missing = contextvars.ContextVar("missing", default=None)


@replaces(iam_evaluator, "enforce")
def need_everything(former, key, action, service, region, resource_arn="*", service_context=None):
    """It asks for one right on one resource, which is not always the one that AWS asks for."""
    request = current.get()
    is_judged = request is not None and (request.service, request.action) == (service, action)
    if not is_judged or iam_evaluator.is_root_access_key(key or ""):
        return former(key, action, service, region, resource_arn, service_context)
    context = {**(service_context or {}), **context_of(request)}
    resources = resources_of(request) or [resource_arn]
    for resource in resources:
        denied = former(key, action, service, region, resource, context)
        if denied:
            _missing.set((action, resource))
            return denied
    for right in more_rights(request, resources[0]):
        of_service = right.action.partition(":")[0]
        denied = former(key, right.action, of_service, region, right.resource, {**context, **right.context})
        if denied:
            _missing.set((right.action, right.resource))
            return denied
    return None


@replaces(iam_actions, "access_denied_response")
def name_the_missing_right(former, service, action, principal, request_id, **details):
    """It names the call, and not on which resource which right is missing."""
    missing = _missing.get()
    if missing is not None and not details.get("error_code") and not details.get("resource_policy_arn"):
        explicit = details.get("explicit_deny", False)
        details["message"] = iam_actions.identity_denial_message(missing[0], principal, missing[1], explicit)
        details["resource_arn"] = missing[1]
        action = missing[0]
    return former(service, action, principal, request_id, **details)
