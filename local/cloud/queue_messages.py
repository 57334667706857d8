"""Receiving and deleting messages. The embedded cloud copies the whole list of a queue's messages several times for every
receive and every delete, and puts the copy in its place: with 10,000 messages that takes seconds, and what another thread
appends meanwhile is lost. Here the list is changed in place.

Which messages are received: of a standard queue those of fair_queues.py, of a FIFO queue those of as few groups as possible.
Source: SQS developer guide, "FIFO queue delivery logic"."""

import json
import time

import fair_queues
from ministack.core.responses import new_uuid
from ministack.services import cloudwatch, sqs
from replacing import replaces

# Retention is at least a minute.
EXPIRY_LOOK_SECONDS = 1

# ARN of a queue -> when its messages were last looked at for their retention.
_looked = {}


@replaces(sqs, "_collect_msgs")
def receive(_former, queue, count, visibility_seconds):
    return receive_from(queue, count, visibility_seconds)


def receive_from(queue, count, visibility_seconds):
    now = time.time()
    choose = in_groups if queue["is_fifo"] else fair_queues.choose
    chosen = choose(queue, count, now)
    for message in chosen:
        sqs._ensure_msg_fields(message)
        message["receipt_handle"] = new_uuid()
        message["visible_at"] = now + visibility_seconds
        message["receive_count"] += 1
        message["worked_since"] = now
        if message["first_receive_at"] is None:
            message["first_receive_at"] = now
    return chosen


def in_groups(queue, count, now):
    """All messages of one group, then of the next. A group that has a message in flight is left out, so its order stays."""
    waiting = {}
    blocked = set()
    for message in queue["messages"]:
        group = message.get("group_id")
        if message["visible_at"] <= now:
            own = waiting.setdefault(group, [])
            if len(own) < count:
                own.append(message)
        elif message["receive_count"]:
            blocked.add(group)
    chosen = []
    for group, messages in waiting.items():
        if group not in blocked:
            chosen += messages[: count - len(chosen)]
        if len(chosen) == count:
            break
    return chosen


def delete(queue, receipt_handle):
    """Whether there was a message with this handle. A message that was never received has none."""
    if receipt_handle is None:
        return False
    # Messages in flight are usually the oldest.
    for index, message in enumerate(queue["messages"]):
        if message.get("receipt_handle") == receipt_handle:
            fair_queues.ended(queue, message, time.time())
            del queue["messages"][index]
            return True
    return False


def _remove(queue, gone):
    """Removes these messages. Other threads append to the list, so it must stay the same list."""
    numbers = {id(message) for message in gone}
    for message in gone:
        fair_queues.ended(queue, message, time.time())
    messages = queue["messages"]
    for index in range(len(messages) - 1, -1, -1):
        if id(messages[index]) in numbers:
            del messages[index]


@replaces(sqs, "_act_delete_message")
def delete_message(_former, request, url):
    queue = sqs._get_q(request.get("QueueUrl", url), "sqs:DeleteMessage")
    handle = request.get("ReceiptHandle")
    if not handle:
        raise sqs._Err("MissingParameter", "The request must contain the parameter ReceiptHandle.")
    if not delete(queue, handle):
        raise sqs._Err("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
    return {}


@replaces(sqs, "_act_delete_message_batch")
def delete_messages(_former, request, url):
    queue = sqs._get_q(request.get("QueueUrl", url), "sqs:DeleteMessage")
    entries = request.get("Entries", [])
    sqs._validate_batch_entries(entries, "DeleteMessageBatchRequestEntry")
    answer = {"Successful": [], "Failed": []}
    for entry in entries:
        if delete(queue, entry.get("ReceiptHandle") or None):
            answer["Successful"].append({"Id": entry.get("Id", "")})
        else:
            fault = {"Code": "ReceiptHandleIsInvalid", "Message": "The input receipt handle is invalid."}
            answer["Failed"].append({"Id": entry.get("Id", ""), **fault, "SenderFault": True})
    return answer


@replaces(sqs, "_expire_retained")
def forget_old_messages(_former, queue):
    now = time.time()
    arn = queue["attributes"]["QueueArn"]
    if now - _looked.get(arn, 0) < EXPIRY_LOOK_SECONDS:
        return
    _looked[arn] = now
    oldest = now - int(queue["attributes"].get("MessageRetentionPeriod", "345600"))
    old = [one for one in queue["messages"] if one.get("enqueued_at", one.get("sent_at", now)) <= oldest]
    if old:
        _remove(queue, old)


@replaces(sqs, "_dlq_sweep")
def move_dead_letters(_former, queue):
    """A long queue is looked at as often as its messages are."""
    policy = json.loads(queue["attributes"].get("RedrivePolicy") or "{}")
    dead_letters = sqs._queue_by_arn(policy.get("deadLetterTargetArn") or "")
    if dead_letters is None:
        return
    now = time.time()
    if fair_queues.is_seen(queue, now):
        return
    limit = int(policy["maxReceiveCount"])
    dead = [one for one in queue["messages"] if one["receive_count"] >= limit and one["visible_at"] <= now]
    if not dead:
        return
    for message in dead:
        moved = {**message, "receipt_handle": None, "visible_at": now}
        moved.pop("worked_since", None)
        moved["sys"] = {"DeadLetterQueueSourceArn": queue["attributes"]["QueueArn"], **message.get("sys", {})}
        # "For FIFO queues, the enqueue timestamp resets when the message is moved."
        if dead_letters["is_fifo"]:
            moved["enqueued_at"] = now
        dead_letters["messages"].append(moved)
    _remove(queue, dead)
    sqs.esm_wake.set()


@replaces(sqs, "_prune_dedup")
def forget_old_deduplication_ids(_former, queue):
    """They are in the order in which they expire."""
    now = time.time()
    known = queue["dedup_cache"]
    while known:
        first = next(iter(known))
        if known[first]["expire"] > now:
            return
        del known[first]


sqs._HANDLERS.update({"DeleteMessage": sqs._act_delete_message, "DeleteMessageBatch": sqs._act_delete_message_batch})


def count_metric(queue, name, number):
    cloudwatch.record_metric("AWS/SQS", name, number, "Count", {"QueueName": queue["name"]})
