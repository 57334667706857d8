"""Lambda's asynchronous calls: by a topic, a bucket, a schedule or another function. Source: Lambda developer guide, "How
Lambda handles errors and retries with asynchronous invocation" and "Adding a dead-letter queue"."""

import contextvars
import json
import threading
import time

import background
from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.responses import new_uuid
from ministack.services import cloudwatch, lambda_svc, sns, sqs
from replacing import replaces

# Of real time. AWS waits 1 minute before the first new attempt and 2 before the second.
RETRY_SECONDS = (1, 2)
# While a function is throttled, AWS tries again for up to 6 hours, at first after a second, then up to 5 minutes.
THROTTLED_SECONDS = (1, 2, 4, 8, 16)


@replaces(lambda_svc, "invoke_async_with_retry")
def call_again_without_its_own_loop(_former, function, event):
    """It counts a throttled call as an attempt, ignores the settings of an alias, and wraps what it sends to a dead-letter
    queue."""
    call_asynchronously(function, event)


def call_asynchronously(function, event, ended=lambda: None):
    """`ended` is called after the last attempt."""
    call = contextvars.copy_context()
    threading.Thread(target=call.run, args=(_call, function, event, ended), daemon=True).start()


def _call(function, event, ended):
    try:
        config = function["config"]
        account, region = lambda_svc._account_region_from_function_config(config)
        lambda_svc._request_account_id.set(account)
        lambda_svc._request_region.set(region)
        settings = _settings(config)
        age = settings.get("MaximumEventAgeInSeconds") or 21600
        attempts = 1 + settings.get("MaximumRetryAttempts", len(RETRY_SECONDS))
        result = _attempts(function, event, attempts, time.monotonic() + age)
        if result.get("error"):
            background.soon(_put_aside, config, settings, event, result)
    finally:
        ended()


def _attempts(function, event, attempts, until):
    """The last result. A throttled call is no attempt."""
    made = throttled = 0
    while True:
        result = lambda_svc._execute_function(function, event)
        if result.get("throttle"):
            pause = THROTTLED_SECONDS[min(throttled, len(THROTTLED_SECONDS) - 1)]
            throttled += 1
        else:
            made += 1
            if not result.get("error") or made >= attempts:
                return result
            pause = RETRY_SECONDS[made - 1]
        if time.monotonic() + pause > until:
            return result
        time.sleep(pause)


def _settings(config):
    """Of the version or alias that is called."""
    name, qualifier = lambda_svc._lambda_function_name_and_qualifier_from_arn(config["FunctionArn"])
    base = lambda_svc._functions.get(name or config["FunctionName"])
    return (base and lambda_svc._event_invoke_config(base, qualifier)) or {}


def _put_aside(config, settings, event, result):
    """A dead-letter queue gets the event alone; a destination gets it with what is known about the failure."""
    destination = ((settings.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if destination:
        lambda_svc._route_async_failure(destination, config["FunctionName"], event, result)
    target = (config.get("DeadLetterConfig") or {}).get("TargetArn")
    if not target:
        return
    body = result.get("body")
    attributes = {
        "RequestID": new_uuid(),
        "ErrorCode": "429" if result.get("throttle") else "200",
        "ErrorMessage": (body.get("errorMessage") if isinstance(body, dict) else None) or "Unhandled",
    }
    try:
        service = parse_arn(target).service
        queue = sqs._queue_by_arn(target) if service == "sqs" else None
        if queue is not None:
            _send(queue, body_of(event), attributes)
            return
        if service == "sns" and target in sns._topics:
            sns._fanout(target, new_uuid(), body_of(event), "", "", {})
            return
    except ArnParseError:
        pass
    dimensions = {"FunctionName": config["FunctionName"]}
    cloudwatch.record_metric("AWS/Lambda", "DeadLetterErrors", 1, "Count", dimensions)


def body_of(event):
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def _send(queue, body, attributes):
    message = {
        "MessageBody": body,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }
    sqs._act_send_message(message, queue["url"])
