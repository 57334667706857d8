"""SimulatePrincipalPolicy with the context that the caller gives, and for roles in a path. The embedded cloud ignores both."""

import itertools

from ministack.core.iam_evaluator import (
    EvalContext,
    _gather_role_policies,
    _gather_user_policies,
    evaluate,
)
from ministack.core.responses import get_account_id
from ministack.services import iam

DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny"}


def members(parameters, prefix):
    """The values of a list in a query."""
    values = []
    while value := iam._p(parameters, f"{prefix}.member.{len(values) + 1}"):
        values.append(value)
    return values


def context_of(parameters):
    entries = {}
    for number in itertools.count(1):
        entry = f"ContextEntries.member.{number}"
        key = iam._p(parameters, f"{entry}.ContextKeyName")
        if not key:
            return entries
        values = members(parameters, f"{entry}.ContextKeyValues")
        entries[key.lower()] = values if len(values) > 1 else "".join(values)


def policies_of(arn, account):
    kind, _, path = arn.split(":", 5)[5].partition("/")
    gather = _gather_user_policies if kind == "user" else _gather_role_policies
    return gather(path.rpartition("/")[2], account)


def missing_keys(policies, context):
    conditions = (one.conditions for statements in policies for one in statements)
    keys = {key for condition in conditions for tests in condition.values() for key in tests}
    return sorted(key for key in keys if key.lower() not in context)


def simulate(parameters):
    arn = iam._p(parameters, "PolicySourceArn")
    account = get_account_id()
    context = context_of(parameters)
    policies = policies_of(arn, account)
    missing = "".join(f"<member>{key}</member>" for key in missing_keys(policies, context))
    results = ""
    for action in members(parameters, "ActionNames"):
        for resource in members(parameters, "ResourceArns") or ["*"]:
            request = EvalContext(
                principal_arn=arn,
                principal_type="User",
                principal_account=account,
                action=action,
                resource_arn=resource,
                source_ip=context.get("aws:sourceip", ""),
                region=context.get("aws:requestedregion", ""),
                secure_transport=context.get("aws:securetransport") == "true",
                service_context=context,
            )
            decision = DECISIONS.get(evaluate(request, policies).decision, "implicitDeny")
            results += (
                f"<member><EvalActionName>{action}</EvalActionName>"
                f"<EvalResourceName>{resource}</EvalResourceName>"
                f"<EvalDecision>{decision}</EvalDecision><MatchedStatements></MatchedStatements>"
                f"<MissingContextValues>{missing}</MissingContextValues></member>"
            )
    body = (
        f"<SimulatePrincipalPolicyResult><EvaluationResults>{results}</EvaluationResults>"
        "<IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult>"
    )
    return iam._xml(200, "SimulatePrincipalPolicyResponse", body, ns="iam")


if "SimulatePrincipalPolicy" not in iam._IAM_HANDLERS:
    raise SystemExit("The embedded cloud has no SimulatePrincipalPolicy any more.")
iam._IAM_HANDLERS["SimulatePrincipalPolicy"] = simulate
