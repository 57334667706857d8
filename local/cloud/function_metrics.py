"""The metrics of AWS/Lambda. Source: Lambda developer guide, "Types of metrics for Lambda functions" and "Using CloudWatch
metrics with Lambda" (dimensions)."""

import threading
import time

import background
import function_processes  # noqa: F401  (first, so that the wait for a start counts as loading)
from ministack.core import lambda_runtime
from ministack.services import cloudwatch, lambda_svc
from replacing import replaces

# Of the call that this thread runs: seconds until the code was loaded, which `Duration` does not contain.
_call = threading.local()


@replaces(lambda_svc, "_emit_lambda_metrics")
def leave_it_to_the_call(_former, *_, **__):
    """It knows direct calls only, and of an asynchronous one only that it was accepted."""


@replaces(lambda_svc, "_execute_function")
def count(former, function, event):
    config = function.get("config") or function
    if lambda_svc._function_config_scope_mismatch(config):
        return former(function, event)
    _call.loading_seconds = 0
    began = time.monotonic()
    result = former(function, event)
    seconds = max(0, time.monotonic() - began - _call.loading_seconds)
    background.soon(record_all, config, result, seconds * 1000)
    return result


def record_all(config, result, milliseconds):
    for dimensions in dimensions_of(config):
        record(dimensions, result, milliseconds)


def dimensions_of(config):
    """Of the function, and of the version or alias that was called."""
    name = config["FunctionName"]
    _, qualifier = lambda_svc._lambda_function_name_and_qualifier_from_arn(config.get("FunctionArn") or "")
    yield {"FunctionName": name}
    yield {"FunctionName": name, "Resource": f"{name}:{qualifier}" if qualifier else name}


def record(dimensions, result, milliseconds):
    is_throttled = bool(result.get("throttle"))
    publish("Throttles", int(is_throttled), "Count", dimensions)
    if not is_throttled:
        publish("Invocations", 1, "Count", dimensions)
        publish("Errors", int(bool(result.get("error"))), "Count", dimensions)
        publish("Duration", milliseconds, "Milliseconds", dimensions)


def publish(name, value, unit, dimensions):
    """Equal values of one second are one point."""
    points = cloudwatch._metric_bucket(("AWS/Lambda", name, cloudwatch._dims_key(dimensions)))
    now = time.time()
    if points and points[-1]["Value"] == value and now - points[-1]["Timestamp"] < 1:
        points[-1]["Count"] += 1
    else:
        points.append({"Timestamp": now, "Value": float(value), "Count": 1, "Unit": unit, "Dimensions": dimensions})


@replaces(lambda_runtime.Worker, "_spawn")
def measure_the_loading(former, worker):
    began = time.monotonic()
    try:
        former(worker)
    finally:
        _call.loading_seconds = time.monotonic() - began
