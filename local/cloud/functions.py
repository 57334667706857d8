"""Corrects how the embedded cloud calls functions, where Lambda does it differently."""

import json

from asynchronous_calls import call_asynchronously
from ministack.services import lambda_svc, sns
from replacing import replaces


@replaces(sns, "_deliver_to_lambda")
def try_again(_former, function_arn, envelope, _topic, subscription, *_):
    """It calls a topic's function once and forgets what failed. Lambda tries twice more, and then the event
    goes to the function's dead-letter queue."""
    function, config, name = lambda_svc._get_func_record_for_ref(function_arn)
    if not function or not config:
        sns.logger.warning("the function %s, which a topic calls, does not exist", name)
        return
    record = {
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription,
        "EventSource": "aws:sns",
        "Sns": json.loads(envelope),
    }
    called = lambda_svc._execution_record_for_config(function, config)
    call_asynchronously(called, {"Records": [record]})


@replaces(lambda_svc, "_get_func_record_for_ref")
def keep_the_arn_that_is_called(former, reference):
    """It forgets through which alias a function was called: the function's context and the metrics name the alias."""
    record, config, name = former(reference)
    if config is not None and reference.startswith("arn:"):
        config = {**config, "FunctionArn": reference}
    return record, config, name


@replaces(lambda_svc, "_reserved_concurrency")
def reserve_for_all_versions(former, function, config):
    """It ignores the reserved concurrency when a version or an alias is called."""
    return former(lambda_svc._functions.get(config.get("FunctionName")) or function, config)
