"""The names of actions that IAM knows for calls. Sources: Service Authorization Reference; the paths in botocore's
models."""

from ministack.core import iam_actions
from replacing import replaces

from .request import Request, current

# These calls have no action of their own.
SHARED = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sns:PublishBatch": "sns:Publish",
    "lambda:Invoke": "lambda:InvokeFunction",
    "lambda:InvokeAsync": "lambda:InvokeFunction",
    "lambda:InvokeWithResponseStream": "lambda:InvokeFunction",
}

iam_actions._BOTOCORE_SERVICE_MAP["lambda"] = ["lambda"]


@replaces(iam_actions, "_lambda_action")
def call_by_the_model(_former, method, path):
    """It takes a changed alias for a read one, and knows no settings of asynchronous calls."""
    return iam_actions._match_rest_action("lambda", method, path)


@replaces(iam_actions, "extract_iam_action")
def know_the_action(former, service, method, path, headers, body, query):
    """It does not know the calls of CloudWatch's newer protocol, and allows them without a policy."""
    if service == "monitoring" and "/operation/" in path:
        action = f"cloudwatch:{path.rpartition('/operation/')[2].strip('/')}"
    else:
        action = former(service, method, path, headers, body, query)
    if action is None:
        return None
    action = SHARED.get(action, action)
    current.set(Request(service, action, path, body, query))
    return action
