"""Moves messages from a dead-letter queue, which the embedded cloud cannot. Source: SQS API reference,
StartMessageMoveTask; developer guide, "Configure a dead-letter queue redrive"."""

import base64
import contextvars
import json
import math
import time

import background
import clock
import fair_queues
from ministack.core.responses import (
    get_account_id,
    get_region,
    new_uuid,
    set_request_account_id,
    set_request_region,
)
from ministack.services import sqs
from ministack.services.sqs import _Err
from replacing import replaces

INTERVAL_SECONDS = 0.1
HIGHEST_RATE = 500
LISTED = 10

# (account, region, name of the source) -> its tasks, the newest first. A cloud that is stopped ends its tasks.
_tasks = {}


def start():
    background.every(INTERVAL_SECONDS, advance_all)


def advance_all():
    for (account, region, _), tasks in _tasks.items():
        if tasks and tasks[0]["Status"] == "RUNNING":
            contextvars.copy_context().run(_advance, account, region, tasks[0])


def _advance(account, region, task):
    set_request_account_id(account)
    set_request_region(region)
    source = sqs._queue_by_arn(task["SourceArn"])
    if source is None:
        fail(task, "AWS.SimpleQueueService.NonExistentQueue")
        return
    rate = task.get("MaxNumberOfMessagesPerSecond") or HIGHEST_RATE
    allowed = math.floor(rate * (1 + clock.waited(account, task["Began"])))
    wanted = min(allowed, task["ApproximateNumberOfMessagesToMove"]) - task["Moved"]
    now = time.time()
    for message in [one for one in source["messages"] if one["visible_at"] <= now][:wanted]:
        origin = (message.get("sys") or {}).get("DeadLetterQueueSourceArn")
        destination = sqs._queue_by_arn(task.get("DestinationArn") or origin or "")
        if destination is None:
            # A message that was sent to the dead-letter queue itself has no source.
            fail(task, "CouldNotDetermineMessageSource" if not origin else "AWS.SimpleQueueService.NonExistentQueue")
            return
        source["messages"].remove(message)
        destination["messages"].append(as_new(message, now))
        if destination["is_fifo"]:
            destination["fifo_seq"] += 1
            destination["messages"][-1]["seq"] = str(destination["fifo_seq"]).zfill(20)
        task["Moved"] += 1
    fair_queues.look_again(source)
    sqs.esm_wake.set()
    left = any(one["visible_at"] <= now for one in source["messages"])
    if task["Moved"] >= task["ApproximateNumberOfMessagesToMove"] or not left:
        task["Status"] = "COMPLETED"


def as_new(message, now):
    """"Redriven messages are considered new messages with a new messageID and enqueueTime." """
    kept = ("SenderId", "AWSTraceHeader")
    system = {name: value for name, value in (message.get("sys") or {}).items() if name in kept}
    return {
        **message,
        "id": new_uuid(),
        "receipt_handle": None,
        "sent_at": now,
        "enqueued_at": now,
        "visible_at": now,
        "receive_count": 0,
        "first_receive_at": None,
        "sys": {**system, "SentTimestamp": str(int(now * 1000))},
    }


def fail(task, reason):
    task.update({"Status": "FAILED", "FailureReason": reason})


def start_task(request, _url):
    source = existing(request["SourceArn"], "SourceArn")
    if not sources_of(source):
        raise _Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    if request.get("DestinationArn"):
        destination = existing(request["DestinationArn"], "DestinationArn")
        if destination["is_fifo"] != source["is_fifo"]:
            message = "Source and destination must both be FIFO queues, or both standard queues."
            raise _Err("InvalidParameterValue", message)
    rate = request.get("MaxNumberOfMessagesPerSecond")
    if rate is not None and not 1 <= rate <= HIGHEST_RATE:
        raise _Err(
            "InvalidParameterValue",
            f"Value {rate} for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: Must be between 1 and "
            f"{HIGHEST_RATE}.",
        )
    tasks = _tasks.setdefault(key_of(request["SourceArn"]), [])
    if tasks and tasks[0]["Status"] == "RUNNING":
        raise _Err(
            "InvalidParameterValue",
            "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
        )
    now = time.time()
    handle = {"taskId": new_uuid(), "sourceArn": request["SourceArn"]}
    task = {
        "TaskHandle": base64.b64encode(json.dumps(handle).encode()).decode(),
        "Status": "RUNNING",
        "SourceArn": request["SourceArn"],
        "DestinationArn": request.get("DestinationArn"),
        "MaxNumberOfMessagesPerSecond": rate,
        "Moved": 0,
        "ApproximateNumberOfMessagesToMove": sum(one["visible_at"] <= now for one in source["messages"]),
        "StartedTimestamp": int(now * 1000),
        "Began": now,
    }
    tasks.insert(0, task)
    del tasks[LISTED:]
    return {"TaskHandle": task["TaskHandle"]}


def list_tasks(request, _url):
    existing(request["SourceArn"], "SourceArn")
    return {
        "Results": [
            shown(task)
            for task in _tasks.get(key_of(request["SourceArn"]), [])[: request.get("MaxResults") or 1]
        ]
    }


def shown(task):
    fields = {name: value for name, value in task.items() if name not in ("Moved", "Began") and value is not None}
    if task["Status"] != "RUNNING":
        del fields["TaskHandle"]
    return {**fields, "ApproximateNumberOfMessagesMoved": task["Moved"]}


def cancel_task(request, _url):
    for tasks in _tasks.values():
        for task in tasks:
            if task["TaskHandle"] != request["TaskHandle"]:
                continue
            if task["Status"] != "RUNNING":
                raise _Err("UnsupportedOperation", "Only active tasks can be cancelled.")
            task["Status"] = "CANCELLED"
            return {"ApproximateNumberOfMessagesMoved": task["Moved"]}
    raise _Err("ResourceNotFoundException", "Task does not exist.", 404)


def list_sources(request, url):
    queue = sqs._get_q(request.get("QueueUrl", url))
    urls = sources_of(queue)
    start = int(request.get("NextToken") or 0)
    limit = request.get("MaxResults")
    if limit is None:
        return {"queueUrls": urls[:1000]}
    page = {"queueUrls": urls[start : start + limit]}
    return {**page, "NextToken": str(start + limit)} if start + limit < len(urls) else page


def sources_of(queue):
    """URLs of the queues whose redrive policy names this one."""
    arn = queue["attributes"]["QueueArn"]
    return sorted(
        one["url"]
        for one in sqs._queues.values()
        if (json.loads(one["attributes"].get("RedrivePolicy") or "{}") or {}).get("deadLetterTargetArn") == arn
    )


def existing(arn, parameter):
    queue = sqs._queue_by_arn(arn)
    if queue is None:
        message = f"The resource that you specified for the {parameter} parameter doesn't exist."
        raise _Err("ResourceNotFoundException", message, 404)
    return queue


def key_of(arn):
    return get_account_id(), get_region(), arn.rsplit(":", 1)[-1]


@replaces(sqs, "reset")
def forget_tasks(former):
    _tasks.clear()
    return former()


sqs._HANDLERS.update(
    {
        "StartMessageMoveTask": start_task,
        "ListMessageMoveTasks": list_tasks,
        "CancelMessageMoveTask": cancel_task,
        "ListDeadLetterSourceQueues": list_sources,
    }
)
