"""Condition keys of calls."""

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from replacing import replaces

from .request import arn


@replaces(iam_evaluator, "_resolve_condition_key")
def come_over_tls(former, key, context):
    """The embedded cloud has no TLS, and everything that comes to AWS has."""
    if key.lower() == "aws:securetransport":
        return context.service_context.get("aws:securetransport", "true")
    return former(key, context)


def context_of(request):
    """Keys that the embedded cloud does not know, by action."""
    context = {}
    if request.service == "ec2":
        context["ec2:Region"] = get_region()
    if request.action == "cloudwatch:PutMetricData":
        context["cloudwatch:namespace"] = request.value("Namespace")
    if request.action == "sns:Subscribe":
        context["sns:Protocol"] = request.value("Protocol")
        context["sns:Endpoint"] = request.value("Endpoint")
    if request.name.endswith("EventSourceMapping"):
        context["lambda:FunctionArn"] = function_of_mapping(request)
    return {key: value for key, value in context.items() if value is not None}


def function_of_mapping(request):
    from ministack.services import lambda_svc

    known = lambda_svc._esms.get(request.path.rstrip("/").rpartition("/")[2]) or {}
    function = request.value("FunctionName") or known.get("FunctionArn")
    if function is None or function.startswith("arn:"):
        return function
    return arn("lambda", f"function:{function}")
