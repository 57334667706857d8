"""Starts the embedded cloud, and corrects functions that behave differently from AWS.

Each correction says what it is for. They fit the version that requirements.txt pins; an attribute
that is no longer there ends the start with its name.
"""

import contextvars
import functools
import json
import os

import access.services
import auto_scaling.capacity
import auto_scaling.groups
import auto_scaling.refresh_requests
import auto_scaling.settings
import auto_scaling.turn
import botocore
import embedded_metrics
import event_source_mappings  # noqa: F401  (takes effect by being imported)
import function_logs  # noqa: F401  (takes effect by being imported)
import function_metrics  # noqa: F401  (takes effect by being imported)
import function_processes  # noqa: F401  (takes effect by being imported)
import functions  # noqa: F401  (takes effect by being imported)
import gauges
import log_patterns  # noqa: F401  (takes effect by being imported)
import mapping_faults  # noqa: F401  (takes effect by being imported)
import memory  # noqa: F401  (takes effect by being imported)
import move_tasks
import node_worker  # noqa: F401  (takes effect by being imported)
import policy_simulation  # noqa: F401  (takes effect by being imported)
import queue_pollers
import schedules  # noqa: F401  (takes effect by being imported)
import systems_manager.commands  # noqa: F401  (takes effect by being imported)
from ministack import app
from ministack.services import autoscaling, cloudwatch, ec2, sns, sqs
from replacing import replaces


@replaces(cloudwatch, "_evaluate_alarm")
def leave_alarms_to_the_evaluator(_former, _alarm):
    """Its own evaluation ignores dimensions, metric math and missing data; local/alarms does it."""


@functools.cache
def region_name(region):
    path = os.path.join(os.path.dirname(botocore.__file__), "data", "endpoints.json")
    with open(path, encoding="utf-8") as file:
        partitions = json.load(file)["partitions"]
    for partition in partitions:
        if region in partition["regions"]:
            return partition["regions"][region]["description"]
    return region


@replaces(cloudwatch, "_dispatch_alarm_actions")
def send_the_whole_alarm_message(former, alarm, old_state, new_state, reason):
    """Its message lacks the alarm's ARN, its actions and the long name of the region."""
    fields = {"ALARM": "AlarmActions", "OK": "OKActions"}
    actions = alarm.get(fields.get(new_state, "InsufficientDataActions")) or []
    topics = [action for action in actions if cloudwatch._is_sns_action_arn(action)]
    if not alarm.get("ActionsEnabled", True) or is_suppressed(alarm):
        return
    now = cloudwatch.time.time()
    configured = alarm.get("AlarmConfigurationUpdatedTimestamp", now)
    message = {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription") or None,
        "AWSAccountId": cloudwatch.get_account_id(),
        "AlarmConfigurationUpdatedTimestamp": iso(configured),
        "NewStateValue": new_state,
        "NewStateReason": reason,
        "StateChangeTime": iso(now),
        "Region": region_name(cloudwatch.get_region()),
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": old_state,
        "OKActions": alarm.get("OKActions") or [],
        "AlarmActions": alarm.get("AlarmActions") or [],
        "InsufficientDataActions": alarm.get("InsufficientDataActions") or [],
        **trigger(alarm),
    }
    region = region_name(cloudwatch.get_region())
    subject = f'{new_state}: "{alarm["AlarmName"]}" in {region}'[:100]
    for topic in topics:
        if not access.services.alarm_may_publish(topic, alarm["AlarmArn"], message["AWSAccountId"]):
            continue
        try:
            sns._fanout(topic, cloudwatch.new_uuid(), json.dumps(message), subject)
        except Exception:
            cloudwatch.logger.exception("alarm action failed: %s", topic)


def is_suppressed(alarm):
    suppressor = cloudwatch._alarm_name_from_local_arn(alarm.get("ActionsSuppressor") or "")
    name = suppressor or alarm.get("ActionsSuppressor")
    other = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
    return other is not None and other["StateValue"] == "ALARM"


def iso(seconds):
    moment = cloudwatch.datetime.fromtimestamp(seconds, tz=cloudwatch.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"


def trigger(alarm):
    if "AlarmRule" in alarm:
        return {"AlarmRule": alarm["AlarmRule"]}
    names = {"name": "Name", "value": "Value"}
    found = {
        "MetricName": alarm.get("MetricName"),
        "Namespace": alarm.get("Namespace"),
        "StatisticType": "ExtendedStatistic" if alarm.get("ExtendedStatistic") else "Statistic",
        "Statistic": (alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "").upper(),
        "Unit": alarm.get("Unit"),
        "Dimensions": [
            {short: dimension.get(name) for short, name in names.items()}
            for dimension in alarm.get("Dimensions") or []
        ],
        "Period": alarm.get("Period"),
        "Metrics": alarm.get("Metrics"),
        "EvaluationPeriods": alarm.get("EvaluationPeriods"),
        "DatapointsToAlarm": alarm.get("DatapointsToAlarm"),
        "ComparisonOperator": alarm.get("ComparisonOperator"),
        "Threshold": alarm.get("Threshold"),
        "TreatMissingData": alarm.get("TreatMissingData") or "missing",
        "EvaluateLowSampleCountPercentile": "",
    }
    return {"Trigger": {key: value for key, value in found.items() if value is not None}}


for service in (autoscaling, ec2):
    for action, function in list(service._ACTION_MAP.items()):
        # The table was created with the original functions.
        service._ACTION_MAP[action] = getattr(service, function.__name__, function)


class Exactly(dict):
    """Dimensions that are compared exactly, also if there are none."""

    def __bool__(self):
        return True


@replaces(cloudwatch, "_dims_from_list")
def match_no_dimensions_exactly(former, dimensions):
    """If a metric without dimensions is requested, the cloud adds up all metrics with that name."""
    return Exactly(former(dimensions))


# The queue in which the server puts further events of the caller's connection, such as a disconnect.
caller = contextvars.ContextVar("caller")
receiver = contextvars.ContextVar("receiver", default=None)


@replaces(app, "_read_request_body")
async def remember_the_caller(former, receive, method, headers):
    body = await former(receive, method, headers)
    caller.set(receive.__self__)
    return body


@replaces(sqs, "_dispatch")
async def remember_who_receives(former, action, request, queue_url):
    """A separate variable, because background tasks of a request inherit `caller`."""
    if action == "ReceiveMessage":
        receiver.set(caller.get(None))
    return await former(action, request, queue_url)


@replaces(sqs, "_collect_msgs")
def receive_nothing_after_a_disconnect(former, queue, count, visibility_timeout):
    """The cloud's long poll continues after the caller has disconnected, and hides a message that nobody receives."""
    said = receiver.get()
    # After the request's body, the only further event is the disconnect.
    if said is not None and not said.empty():
        return []
    return former(queue, count, visibility_timeout)


@replaces(sqs, "_dispatch")
async def count_messages(former, action, request, queue_url):
    """The cloud publishes no metrics for messages, so they are counted here."""
    result = await former(action, request, queue_url)
    name = (request.get("QueueUrl") or queue_url or "").rstrip("/").rsplit("/", 1)[-1]
    for metric, count in counts(action, result or {}):
        cloudwatch.record_metric("AWS/SQS", metric, count, "Count", {"QueueName": name})
    return result


def counts(action, result):
    if action == "SendMessage":
        yield "NumberOfMessagesSent", 1
    elif action == "SendMessageBatch":
        yield "NumberOfMessagesSent", len(result.get("Successful") or [])
    elif action == "ReceiveMessage":
        received = len(result.get("Messages") or [])
        yield ("NumberOfMessagesReceived", received) if received else ("NumberOfEmptyReceives", 1)
    elif action == "DeleteMessage":
        yield "NumberOfMessagesDeleted", 1
    elif action == "DeleteMessageBatch":
        yield "NumberOfMessagesDeleted", len(result.get("Successful") or [])


if __name__ == "__main__":
    embedded_metrics.start()
    gauges.start()
    auto_scaling.turn.start()
    move_tasks.start()
    queue_pollers.start()
    app.main()
