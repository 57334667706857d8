"""Corrects how the embedded cloud calls functions, where Lambda does it differently."""

import json

from ministack.core import lambda_runtime
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
    lambda_svc.invoke_async_with_retry(called, {"Records": [record]})


@replaces(lambda_runtime.Worker, "_drain_stderr_bounded")
def wait_for_the_last_lines(former, worker, *_, **__):
    """On a busy machine the cloud stops too early to wait for the last log lines of a function, and shows them with the next call."""
    return former(worker, first_line_wait=0.25, idle_confirm=0.05, hard_cap=2.0)
