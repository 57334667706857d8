"""Fair queues: on a standard queue, messages of quiet tenants are received first. Source: SQS developer guide, "How Amazon
SQS fair queues work". A tenant is a message group; a message without a group is its own tenant, and always a quiet one here.

AWS does not say over which time the share of processing time is measured. Here the last minute counts most."""

import collections
import math
import time

import clock
from ministack.services import sqs
from replacing import replaces

NOISY_SHARE = 0.1
NOISY_IN_FLIGHT = 30
# A noisy tenant without a message in flight becomes quiet.
QUIET_AFTER_SECONDS = 300
# After this time, processing counts a third.
MEMORY_SECONDS = 60
# When the weights are so large, all are divided by it.
LARGEST_WEIGHT = 1e100

# So many messages make a queue long.
LONG = 500
# How long one look at a long queue serves.
LOOK_SECONDS = 0.05

# ARN of a queue -> the last look at it.
_looks = {}
# ARN of a queue -> its tenants. Only of queues in which a message with a group was seen.
_queues = {}


class Tenants:
    def __init__(self, arn):
        self.account = arn.split(":")[4]
        # Group -> weighted seconds of processing. The weight of a second grows with time, so old ones need no change.
        self.seconds = {}
        self.total = 0
        self.base = time.time()
        # Group -> when it last had a message in flight.
        self.noisy = {}

    def worked(self, group, seconds, now):
        weight = math.exp((now - self.base) / MEMORY_SECONDS)
        if weight > LARGEST_WEIGHT:
            self.seconds = {name: value / weight for name, value in self.seconds.items() if value / weight > 1e-9}
            self.total = sum(self.seconds.values())
            self.base, weight = now, 1
        self.seconds[group] = self.seconds.get(group, 0) + seconds * weight
        self.total += seconds * weight

    def judge(self, look, now):
        for group, last in list(self.noisy.items()):
            if group not in look.waiting:
                del self.noisy[group]
            elif group in look.in_flight:
                self.noisy[group] = now
            elif clock.waited(self.account, last) >= QUIET_AFTER_SECONDS:
                del self.noisy[group]
                self.total -= self.seconds.pop(group, 0)
        for group in look.waiting - self.noisy.keys():
            in_flight = look.in_flight.get(group, 0)
            has_many = in_flight >= NOISY_IN_FLIGHT and in_flight > NOISY_SHARE * look.total_in_flight
            if has_many or self.seconds.get(group, 0) > NOISY_SHARE * self.total:
                self.noisy[group] = now


class Look:
    """One look at all messages of a queue, and the order in which they are received."""

    def __init__(self, queue, now):
        self.at = now
        self.size = len(queue["messages"])
        visible = []
        # Groups that have a visible message.
        self.waiting = set()
        # Group -> its messages in flight.
        self.in_flight = {}
        self.total_in_flight = 0
        # Messages that were received before, and are visible again or in flight.
        worked = []
        for message in queue["messages"]:
            group = message.get("group_id")
            if message["visible_at"] <= now:
                visible.append(message)
                if group is not None:
                    self.waiting.add(group)
            elif message["receive_count"]:
                self.total_in_flight += 1
                if group is not None:
                    self.in_flight[group] = self.in_flight.get(group, 0) + 1
            if group is not None and message["receive_count"] and "worked_since" in message:
                worked.append(message)
        self.tenants = _tenants(queue, bool(self.waiting or self.in_flight))
        noisy = {}
        if self.tenants is not None:
            for message in worked:
                _account(self.tenants, message, now)
            self.tenants.judge(self, now)
            noisy = self.tenants.noisy
        self.quiet = collections.deque(one for one in visible if one.get("group_id") not in noisy)
        # Noisy group -> its messages.
        self.others = {}
        if len(self.quiet) < len(visible):
            for message in visible:
                if message.get("group_id") in noisy:
                    self.others.setdefault(message["group_id"], collections.deque()).append(message)

    def is_quiet(self, message):
        return self.tenants is None or message.get("group_id") not in self.tenants.noisy

    def take(self, count, now):
        """Messages of quiet tenants, then those of the noisy tenant that has the fewest in flight."""
        taken = []
        while len(taken) < count and (self.quiet or self.others):
            # Among equals the one that had the oldest message.
            group = None if self.quiet else min(self.others, key=lambda name: self.in_flight.get(name, 0))
            messages = self.quiet if group is None else self.others[group]
            message = messages.popleft()
            if group is not None and not messages:
                del self.others[group]
            # Others may have received it since the look.
            if message["visible_at"] <= now:
                taken.append(message)
                name = message.get("group_id")
                self.in_flight[name] = self.in_flight.get(name, 0) + 1
        return taken


def choose(queue, count, now):
    """Up to `count` visible messages. A long queue is not looked at for each of them: what changed in the last moment is seen
    in the next."""
    arn = queue["attributes"]["QueueArn"]
    if not is_seen(queue, now):
        _looks[arn] = Look(queue, now)
    taken = _looks[arn].take(count, now)
    if len(taken) < count and _looks[arn].at < now:
        _looks[arn] = Look(queue, now)
        taken += _looks[arn].take(count - len(taken), now)
    return taken


def is_seen(queue, now):
    """Whether the last look at this queue is recent enough."""
    look = _looks.get(queue["attributes"]["QueueArn"])
    return look is not None and look.size >= LONG and len(queue["messages"]) and 0 <= now - look.at < LOOK_SECONDS


def ended(queue, message, now):
    """The message is deleted, or moved to the dead-letter queue."""
    # Also for a look that still has it.
    hidden_until, message["visible_at"] = message["visible_at"], math.inf
    tenants = _tenants(queue, False)
    if tenants is not None and message.get("group_id") is not None and "worked_since" in message:
        tenants.worked(message["group_id"], max(0, min(now, hidden_until) - message["worked_since"]), now)


def _account(tenants, message, now):
    until = min(now, message["visible_at"])
    tenants.worked(message["group_id"], max(0, until - message["worked_since"]), now)
    if message["visible_at"] <= now:
        del message["worked_since"]
    else:
        message["worked_since"] = now


def _tenants(queue, has_groups):
    if queue["is_fifo"]:
        return None
    arn = queue["attributes"]["QueueArn"]
    if has_groups and arn not in _queues:
        _queues[arn] = Tenants(arn)
    return _queues.get(arn)


def look_again(queue):
    """Messages left the queue in another way."""
    _looks.pop(queue["attributes"]["QueueArn"], None)


@replaces(sqs, "_act_purge_queue")
def purge(former, request, url):
    look_again(sqs._get_q(request.get("QueueUrl", url)))
    return former(request, url)


@replaces(sqs, "_act_delete_queue")
def forget(former, request, url):
    arn = sqs._get_q(request.get("QueueUrl", url))["attributes"]["QueueArn"]
    result = former(request, url)
    _queues.pop(arn, None)
    _looks.pop(arn, None)
    return result


sqs._HANDLERS.update({"PurgeQueue": sqs._act_purge_queue, "DeleteQueue": sqs._act_delete_queue})
