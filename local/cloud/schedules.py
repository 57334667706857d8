"""EventBridge Scheduler on the cloud's clock. Source: EventBridge Scheduler user guide, "Schedule types", "Adding context
attributes" and "Configuring a schedule's dead-letter queue"."""

import contextvars
import json
import math
import re
import time
import zoneinfo
from datetime import datetime, timezone

import background
import clock
import service_roles
from asynchronous_calls import call_asynchronously
from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.responses import (
    get_account_id,
    get_region,
    new_uuid,
    set_request_account_id,
    set_request_region,
)
from ministack.services import cloudwatch, eventbridge, lambda_svc, scheduler, sqs
from replacing import replaces

TICK_SECONDS = 0.2

# (account, region, "group/name") -> (expression, its latest occurrence). What passed while the cloud was off, or while the
# schedule was disabled, is not made up for.
_seen = {}
# The same key -> when the call that still runs began, in real time.
_running = {}


class Undeliverable(Exception):
    """The target did not accept the call. What the function does after it has accepted it is not the scheduler's concern."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


@replaces(scheduler, "start_scheduler")
def look_more_often(_former):
    """It looks every 10 seconds, which are 5 minutes of a clock that is 30 times faster."""
    background.every(TICK_SECONDS, scheduler._tick_schedules)


@replaces(scheduler, "handle_request")
async def remove_every_tag(former, method, path, headers, body, query):
    """It removes only the first of several tags."""
    keys = query.get("TagKeys")
    if method == "DELETE" and isinstance(keys, list):
        for key in keys[1:]:
            await former(method, path, headers, body, {**query, "TagKeys": [key]})
    return await former(method, path, headers, body, query)


@replaces(scheduler, "_create_schedule")
def begin_now(former, name, body):
    return _begun(former(name, body), name, body)


@replaces(scheduler, "_update_schedule")
def begin_again(former, name, body):
    return _begun(former(name, body), name, body)


def _begun(response, name, body):
    """An occurrence from before the change does not count."""
    key = (get_account_id(), get_region(), f"{body.get('GroupName', 'default')}/{name}")
    if response[0] == 200:
        is_new_occurrence(key, scheduler._schedules._data[key], time.time())
    return response


@replaces(scheduler, "_tick_schedules")
def fire_what_is_due(_former):
    for key, schedule in list(scheduler._schedules._data.items()):
        contextvars.copy_context().run(_look_at, key, schedule)
    for key in _seen.keys() - scheduler._schedules._data.keys():
        del _seen[key]


@replaces(scheduler, "reset")
def forget(former):
    _seen.clear()
    return former()


def _look_at(key, schedule):
    set_request_account_id(key[0])
    set_request_region(key[1])
    now = time.time()
    is_due = is_new_occurrence(key, schedule, now)
    start = scheduler._to_epoch(schedule.get("StartDate")) or 0
    end = scheduler._to_epoch(schedule.get("EndDate")) or math.inf
    if is_due and schedule["State"] == "ENABLED" and start <= now <= end:
        _fire(key, schedule, now)
    is_over = now > end or (is_due and schedule["ScheduleExpression"].startswith("at("))
    if is_over and schedule.get("ActionAfterCompletion") == "DELETE":
        scheduler._schedules._data.pop(key, None)


def is_new_occurrence(key, schedule, now):
    expression = schedule["ScheduleExpression"]
    known, before = _seen.get(key, (None, None))
    latest = latest_occurrence(schedule, key[0], now if known != expression else before, now)
    _seen[key] = (expression, latest)
    return known == expression and latest != before


def latest_occurrence(schedule, account, before, now):
    """A value that differs from the one before if there was an occurrence. Rates follow the cloud's clock; times of the day
    are real ones."""
    expression = schedule["ScheduleExpression"]
    zone = time_zone(schedule)
    moment = re.fullmatch(r"at\((.+)\)", expression)
    if moment:
        at = datetime.fromisoformat(moment[1]).replace(tzinfo=zone).timestamp()
        return at if at <= now else None
    interval = eventbridge._parse_rate_seconds(expression)
    if interval is not None:
        return int(clock.waited(account, schedule["CreationDate"]) // interval)
    fields = eventbridge._parse_cron_fields(expression)
    following = fields and eventbridge._cron_next_fire(fields, datetime.fromtimestamp(before, tz=zone))
    return now if following and following.timestamp() <= now else before


def time_zone(schedule):
    try:
        return zoneinfo.ZoneInfo(schedule.get("ScheduleExpressionTimezone") or "UTC")
    except zoneinfo.ZoneInfoNotFoundError:
        return timezone.utc


def _fire(key, schedule, now):
    interval = eventbridge._parse_rate_seconds(schedule["ScheduleExpression"])
    began = _running.get(key)
    # On a faster clock, calls would overlap that do not overlap on AWS: there the next one comes after a whole interval.
    # At the speed of a real clock none is left out.
    if began is not None and interval is not None and now - began < interval:
        return
    target = schedule["Target"]
    group = {"ScheduleGroup": schedule["GroupName"]}
    cloudwatch.record_metric("AWS/Scheduler", "InvocationAttemptCount", 1, "Count", group)
    execution = new_uuid()
    payload = payload_of(schedule, execution, now)
    try:
        deliver(key, schedule, target, payload)
    except Undeliverable as fault:
        cloudwatch.record_metric("AWS/Scheduler", "TargetErrorCount", 1, "Count", group)
        put_aside(schedule, execution, payload, fault, now)


def payload_of(schedule, execution, now):
    moment = datetime.fromtimestamp(now, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    given = schedule["Target"].get("Input")
    if given is None:
        event = {
            "version": "0",
            "id": execution,
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": get_account_id(),
            "time": moment,
            "region": get_region(),
            "resources": [schedule["Arn"]],
            "detail": "{}",
        }
        return json.dumps(event)
    attributes = {
        "schedule-arn": schedule["Arn"],
        "scheduled-time": moment,
        "execution-id": execution,
        "attempt-number": "1",
    }
    for name, value in attributes.items():
        given = given.replace(f"<aws.scheduler.{name}>", value)
    return given


def deliver(key, schedule, target, payload):
    """Hands the payload to the target. A function is called asynchronously, as Scheduler does it."""
    try:
        service = parse_arn(target["Arn"]).service
    except ArnParseError:
        raise Undeliverable("InvalidParameterException", f"Invalid target ARN {target['Arn']}") from None
    if service != "lambda":
        event = {"Source": "aws.scheduler", "DetailType": "Scheduled Event", "Detail": "{}", "Time": time.time()}
        eventbridge._invoke_target({**target, "Input": payload}, event, schedule)
        return
    function, config, _ = lambda_svc._get_func_record_for_ref(target["Arn"])
    if function is None:
        raise Undeliverable("AWSLambda.ResourceNotFoundException", f"Function not found: {target['Arn']}")
    refused = service_roles.refusal_of_schedule(schedule, "lambda:InvokeFunction", target["Arn"])
    if refused:
        raise Undeliverable("AWSLambda.AccessDeniedException", refused)
    _running[key] = time.time()
    called = lambda_svc._execution_record_for_config(function, config)
    call_asynchronously(called, json.loads(payload), ended=lambda: _running.pop(key, None))


def put_aside(schedule, execution, payload, fault, now):
    """A missing target or right is not tried again: "sent directly to the dead-letter queue"."""
    arn = (schedule["Target"].get("DeadLetterConfig") or {}).get("Arn")
    queue = sqs._queue_by_arn(arn or "")
    if queue is not None and service_roles.refusal_of_schedule(schedule, "sqs:SendMessage", arn):
        queue = None
    group = {"ScheduleGroup": schedule["GroupName"]}
    if queue is None:
        cloudwatch.record_metric("AWS/Scheduler", "InvocationDroppedCount", 1, "Count", group)
        return
    attributes = {
        "ERROR_CODE": fault.code,
        "ERROR_MESSAGE": str(fault),
        "EXECUTION_ID": execution,
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "0",
        "SCHEDULED_TIME": datetime.fromtimestamp(now, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "SCHEDULE_ARN": schedule["Arn"],
        "TARGET_ARN": schedule["Target"]["Arn"],
    }
    sqs._act_send_message(
        {
            "QueueUrl": queue["url"],
            "MessageBody": payload,
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        },
        queue["url"],
    )
    cloudwatch.record_metric("AWS/Scheduler", "InvocationsSentToDeadLetterCount", 1, "Count", group)
