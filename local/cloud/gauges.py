"""Publishes the gauges that AWS publishes for queues (those of quiet groups for fair queues only) and Auto Scaling groups:
AWS/SQS and AWS/AutoScaling.

Once a second, because alarms may be evaluated on a clock that runs faster; older points are thinned.
"""

import time

import background
import fair_queues
from ministack.services import autoscaling, cloudwatch, sqs
from replacing import replaces

INTERVAL_SECONDS = 1
KEPT_WHOLE_SECONDS = 600
THINNED_TO_SECONDS = 60


_last_look = 0


@replaces(cloudwatch, "_evict_old_metrics")
def forget_old_points_now_and_then(former):
    """It copies the points of all metrics for every request."""
    global _last_look
    if time.time() - _last_look > THINNED_TO_SECONDS:
        _last_look = time.time()
        former()


def start():
    background.every(INTERVAL_SECONDS, publish)


def publish():
    now = time.time()
    for (account, region, _), queue in list(sqs._queues._data.items()):
        dimensions = {"QueueName": queue["name"]}
        for name, (value, unit) in queue_gauges(queue, now).items():
            record((account, region), "AWS/SQS", name, value, unit, dimensions, now)
    for (account, region, _), group in list(autoscaling._asgs._data.items()):
        dimensions = {"AutoScalingGroupName": group["AutoScalingGroupName"]}
        for name, value in group_gauges(group).items():
            if name in group.get("EnabledMetrics", []):
                record((account, region), "AWS/AutoScaling", name, value, "None", dimensions, now)


def queue_gauges(queue, now):
    counts = Counts(queue, now)
    gauges = counts.gauges("")
    if queue["is_fifo"]:
        groups = len(counts.groups_in_flight)
        return {**gauges, "ApproximateNumberOfGroupsWithInflightMessages": (groups, "Count")}
    look = fair_queues.Look(queue, now)
    if look.tenants is None:
        return gauges
    noisy = (len(look.tenants.noisy), "Count")
    quiet = counts if not look.tenants.noisy else Counts(queue, now, look.is_quiet)
    return {**gauges, "ApproximateNumberOfNoisyGroups": noisy, **quiet.gauges("InQuietGroups")}


class Counts:
    def __init__(self, queue, now, counted=lambda _: True):
        self.visible = self.delayed = self.in_flight = 0
        self.groups_in_flight = set()
        oldest = now
        for message in filter(counted, queue["messages"]):
            if message["visible_at"] <= now:
                self.visible += 1
            elif message["receive_count"] == 0:
                self.delayed += 1
            else:
                self.in_flight += 1
                self.groups_in_flight.add(message.get("group_id"))
            # On a standard queue, a message that was received three times is no longer in this metric.
            if queue["is_fifo"] or message["receive_count"] < 3:
                oldest = min(oldest, message["sent_at"])
        self.age = int(now - oldest)

    def gauges(self, suffix):
        return {
            f"ApproximateNumberOfMessagesVisible{suffix}": (self.visible, "Count"),
            f"ApproximateNumberOfMessagesNotVisible{suffix}": (self.in_flight, "Count"),
            f"ApproximateNumberOfMessagesDelayed{suffix}": (self.delayed, "Count"),
            f"ApproximateAgeOfOldestMessage{suffix}": (self.age, "Seconds"),
        }


def group_gauges(group):
    # "Pending:Wait" counts as pending.
    states = [instance["LifecycleState"].split(":")[0] for instance in group["Instances"]]
    return {
        "GroupMinSize": group["MinSize"],
        "GroupMaxSize": group["MaxSize"],
        "GroupDesiredCapacity": group["DesiredCapacity"],
        "GroupInServiceInstances": states.count("InService"),
        "GroupPendingInstances": states.count("Pending"),
        "GroupStandbyInstances": states.count("Standby"),
        "GroupTerminatingInstances": states.count("Terminating"),
        "GroupTotalInstances": len(states),
    }


def record(scope, namespace, name, value, unit, dimensions, now):
    key = (*scope, (namespace, name, cloudwatch._dims_key(dimensions)))
    points = cloudwatch._metrics._data.setdefault(key, [])
    points.append({"Timestamp": now, "Value": float(value), "Unit": unit, "Dimensions": dimensions})
    if len(points) % 300 == 0:
        cloudwatch._metrics._data[key] = thinned(points, now - KEPT_WHOLE_SECONDS)


def thinned(points, before):
    """Keeps only the last point of every minute for older times."""
    old = {int(p["Timestamp"] // THINNED_TO_SECONDS): p for p in points if p["Timestamp"] < before}
    return [*old.values(), *(p for p in points if p["Timestamp"] >= before)]
