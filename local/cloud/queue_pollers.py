"""Lambda polls queues. Source: Lambda developer guide, "Using Lambda with Amazon SQS", "Configuring scaling behavior for SQS
event source mappings" and "Handling errors for an SQS event source in Lambda".

The embedded cloud has one batch of a FIFO queue in flight at a time, waits no batching window, deletes messages in other
threads than those that change the queue, and takes an answer that is wrong for a success."""

import asyncio
import contextvars
import time

import background
import clock
import mapping_states
import queue_messages
import service_roles
from ministack.core.concurrency import run_reentrant
from ministack.core.responses import get_region, set_request_account_id, set_request_region
from ministack.services import lambda_svc, sqs
from replacing import replaces

TICK_SECONDS = 0.1
# Without a maximum concurrency, "Lambda starts processing five batches at a time" and adds "300 more per minute", up to 1,250.
FIRST_CONCURRENCY = 5
MORE_PER_SECOND = 5
# Each is a process of its own here.
HIGHEST_CONCURRENCY = 20
INVOCATIONS_PER_POLLER = 10
LARGEST_RECEIVE = 10
# While the function is throttled, the batch is tried again until it is visible again.
THROTTLED_SECONDS = (0.25, 0.5, 1, 2, 4)

# UUID of a mapping -> its poller.
_pollers = {}


class Poller:
    def __init__(self):
        self.batches = 0
        self.allowed = FIRST_CONCURRENCY
        self.tasks = set()
        # Messages of a batch that waits for its batching window, and since when.
        self.gathered = []
        self.since = None


@replaces(lambda_svc, "_poll_sqs")
def leave_queues_to_the_pollers(_former):
    return False


def start():
    background.every(TICK_SECONDS, look)


def look():
    mapping_states.remove_deleted()
    mappings = lambda_svc._esms._data
    for key, mapping in list(mappings.items()):
        contextvars.copy_context().run(_poll, key, mapping, True)
    for gone in _pollers.keys() - {mapping["UUID"] for mapping in mappings.values()}:
        if not _pollers[gone].batches:
            del _pollers[gone]


def _poll(key, mapping, is_tick=False):
    account, region, _ = key
    set_request_account_id(account)
    set_request_region(region)
    queue = sqs._queue_by_arn(mapping.get("EventSourceArn") or "")
    function, config = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    if queue is None or function is None:
        return
    poller = _pollers.setdefault(mapping["UUID"], Poller())
    is_receiving = mapping_states.is_receiving(mapping)
    limit = concurrency(mapping, poller)
    # Three judgements of IAM, for every mapping ten times a second, only if there is something to receive.
    has_work = is_receiving and queue["messages"] and poller.batches < limit
    refused = has_work and refusal(config, queue)
    if refused:
        mapping["LastProcessingResult"] = f"PROBLEM: {refused}"
        is_receiving = False
    while poller.batches < limit:
        batch = gather(mapping, poller, queue, is_receiving)
        if not batch:
            break
        poller.batches += 1
        called = lambda_svc._execution_record_for_config(function, {**config, "FunctionArn": mapping["FunctionArn"]})
        task = asyncio.get_running_loop().create_task(_run(key, mapping, poller, called, queue, batch))
        poller.tasks.add(task)
        task.add_done_callback(poller.tasks.discard)
    if is_tick and poller.batches >= poller.allowed:
        poller.allowed += MORE_PER_SECOND * TICK_SECONDS
    elif not poller.batches:
        poller.allowed = FIRST_CONCURRENCY


def refusal(config, queue):
    """What the function's role may not do with the queue, or None."""
    for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
        arn = queue["attributes"]["QueueArn"]
        refused = service_roles.refusal_of_function(config, f"sqs:{action}", arn)
        if refused:
            return refused
    return None


def concurrency(mapping, poller):
    stated = (mapping.get("ScalingConfig") or {}).get("MaximumConcurrency")
    if stated:
        return stated
    pollers = mapping.get("ProvisionedPollerConfig")
    if pollers:
        return min(HIGHEST_CONCURRENCY, INVOCATIONS_PER_POLLER * (pollers.get("MaximumPollers") or 1))
    return min(HIGHEST_CONCURRENCY, int(poller.allowed))


def gather(mapping, poller, queue, is_receiving):
    """A batch, or nothing if there are no messages, or if more may come within the batching window."""
    size = mapping.get("BatchSize") or 10
    window = 0 if queue["is_fifo"] else mapping.get("MaximumBatchingWindowInSeconds") or 0
    while is_receiving and len(poller.gathered) < size:
        received = receive(queue, min(LARGEST_RECEIVE, size - len(poller.gathered)))
        if not received:
            break
        poller.since = poller.since or time.time()
        poller.gathered += received
        if not window:
            break
    is_full = len(poller.gathered) >= size
    account = queue["attributes"]["QueueArn"].split(":")[4]
    # What was received before the mapping was disabled still runs.
    if is_full or not is_receiving or (poller.since and clock.waited(account, poller.since) >= window):
        batch, poller.gathered, poller.since = poller.gathered, [], None
        return batch
    return []


def receive(queue, count):
    sqs._expire_retained(queue)
    sqs._dlq_sweep(queue)
    seconds = int(queue["attributes"]["VisibilityTimeout"])
    received = queue_messages.receive_from(queue, count, seconds)
    if received:
        queue_messages.count_metric(queue, "NumberOfMessagesReceived", len(received))
    return received


async def _run(key, mapping, poller, function, queue, batch):
    # A message may be received again, with another handle, while the function still runs.
    handles = {message["id"]: message["receipt_handle"] for message in batch}
    visible_again = min(message["visible_at"] for message in batch)
    try:
        records = lambda_svc._apply_filter_criteria([record_of(one, queue) for one in batch], mapping)
        wanted = {record["messageId"] for record in records}
        delete(queue, [handles[name] for name in handles.keys() - wanted])
        if records:
            result = await _invoke(function, records, visible_again)
            failed = failed_ids(mapping, wanted, result)
            delete(queue, [handles[name] for name in wanted - failed])
            mapping["LastProcessingResult"] = "PROBLEM: Function call failed" if result.get("error") else "OK"
    finally:
        poller.batches -= 1
    if lambda_svc._esms._data.get(key) is mapping:
        _poll(key, mapping)


async def _invoke(function, records, visible_again):
    event = {"Records": records}
    attempt = 0
    while True:
        result = await run_reentrant(lambda_svc._execute_function, function, event, thread_name="queue-poller")
        pause = THROTTLED_SECONDS[min(attempt, len(THROTTLED_SECONDS) - 1)]
        if not result.get("throttle") or time.time() + pause >= visible_again:
            return result
        attempt += 1
        await asyncio.sleep(pause)


def failed_ids(mapping, ids, result):
    """The messages that are not deleted."""
    if result.get("error"):
        return ids
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []):
        return set()
    answer = result.get("body")
    if not answer:
        return set()
    if not isinstance(answer, dict):
        return ids
    failures = answer.get("batchItemFailures") or []
    if not isinstance(failures, list):
        return ids
    named = {one.get("itemIdentifier") if isinstance(one, dict) else None for one in failures}
    return named if named <= ids else ids


def delete(queue, handles):
    deleted = sum(queue_messages.delete(queue, handle) for handle in handles)
    if deleted:
        queue_messages.count_metric(queue, "NumberOfMessagesDeleted", deleted)


def record_of(message, queue):
    system = message.get("sys") or {}
    attributes = {
        "ApproximateReceiveCount": str(message["receive_count"]),
        "SentTimestamp": str(int(message["sent_at"] * 1000)),
        "SenderId": system.get("SenderId"),
        "ApproximateFirstReceiveTimestamp": str(int(message["first_receive_at"] * 1000)),
        "AWSTraceHeader": system.get("AWSTraceHeader"),
        "DeadLetterQueueSourceArn": system.get("DeadLetterQueueSourceArn"),
        "MessageGroupId": message.get("group_id"),
    }
    if queue["is_fifo"]:
        attributes |= {"MessageDeduplicationId": message.get("dedup_id"), "SequenceNumber": message.get("seq")}
    record = {
        "messageId": message["id"],
        "receiptHandle": message["receipt_handle"],
        "body": message["body"],
        "attributes": {name: value for name, value in attributes.items() if value is not None},
        "messageAttributes": {
            name: {"stringListValues": [], "binaryListValues": [], **value}
            for name, value in lambda_svc._sqs_message_attributes_to_camel_case(message["message_attributes"]).items()
        },
        "md5OfBody": message["md5_body"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue["attributes"]["QueueArn"],
        "awsRegion": get_region(),
    }
    return {**record, "md5OfMessageAttributes": message["md5_attrs"]} if message.get("md5_attrs") else record
