"""The log groups of functions: one stream per execution environment, whole lines, and the metrics in them. A function whose
role may not write its log has none."""

import threading
import time

import background
import embedded_metrics
import service_roles
from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import cloudwatch_logs, lambda_svc
from replacing import replaces

# The worker that ran the last call of this thread.
_call = threading.local()


@replaces(lambda_runtime.Worker, "invoke")
def remember_the_worker(former, worker, *args, **kwargs):
    _call.worker = worker
    return former(worker, *args, **kwargs)


@replaces(lambda_runtime.Worker, "_spawn")
def begin_a_stream(former, worker):
    worker.log_stream = stream_name(worker.config)
    former(worker)


def stream_name(config):
    version = config.get("Version", "$LATEST")
    return f"{time.strftime('%Y/%m/%d', time.gmtime())}/[{version}]{new_uuid().replace('-', '')}"


@replaces(lambda_svc, "_emit_lambda_logs")
def write_log(_former, function, request_id, text, _error, milliseconds, **_):
    """It begins a stream for every call, cuts lines at characters that JSON may have, and finds no metrics in them."""
    config = function.get("config") or function
    version = config.get("Version", "$LATEST")
    worker, _call.worker = getattr(_call, "worker", None), None
    name = getattr(worker, "log_stream", None) or stream_name(config)
    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
    own = text.split("\n") if text else []
    report = {
        "Duration": f"{milliseconds} ms",
        "Billed Duration": f"{milliseconds} ms",
        "Memory Size": f"{config.get('MemorySize', 128)} MB",
        "Max Memory Used": f"{lambda_svc._probe_peak_memory_mb(function)} MB",
    }
    lines = [
        f"START RequestId: {request_id} Version: {version}",
        *own,
        f"END RequestId: {request_id}",
        "\t".join([f"REPORT RequestId: {request_id}", *(f"{key}: {value}" for key, value in report.items())]),
    ]
    resource = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}:log-stream:{name}"
    if service_roles.refusal_of_function(config, "logs:PutLogEvents", resource):
        return
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": line, "ingestionTime": now} for line in lines]
    cloudwatch_logs._append_log_events(stream_of(group, name, now), events)
    cloudwatch_logs._fanout_to_subscription_filters(group, name, events)
    background.soon(embedded_metrics.publish, own)


def stream_of(group, name, now):
    groups = cloudwatch_logs._log_groups
    if group not in groups:
        groups[group] = {
            "arn": cloudwatch_logs._make_group_arn(group),
            "creationTime": now,
            "retentionInDays": None,
            "tags": {},
            "subscriptionFilters": {},
            "streams": {},
        }
    new = {
        "events": [],
        "uploadSequenceToken": "1",
        "creationTime": now,
        "firstEventTimestamp": None,
        "lastEventTimestamp": None,
        "lastIngestionTime": None,
    }
    return groups[group]["streams"].setdefault(name, new)
