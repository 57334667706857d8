"""CloudWatch's Embedded Metric Format: metrics in log lines, of machines and of functions. Source: CloudWatch user guide,
"Specification: Embedded metric format".

Reports of a log stream are repeated if the fleet asks for it: on a faster clock, a minute of the alarms is shorter than the
time between two reports of a machine's worker. Counts are repeated as 0, so that the sums stay the same, and states ("None")
as they are. What functions report needs no repetition: their schedules are faster too."""

import json
import logging
import time

import background
import control
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch, cloudwatch_logs
from replacing import replaces

TICK_SECONDS = 0.1

logger = logging.getLogger("embedded metrics")

# (account, region, group, stream) -> what the fleet asked for, and "found": {metric: (unit, value, written, published)}
_repeated = {}


def start():
    background.every(TICK_SECONDS, repeat)


@replaces(cloudwatch_logs, "_put_log_events")
def find_metrics(former, data):
    response = former(data)
    if response[0] == 200:
        found = publish([event.get("message", "") for event in data.get("logEvents", [])])
        repeated = _repeated.get((get_account_id(), get_region(), data["logGroupName"], data["logStreamName"]))
        now = time.time()
        for metric, unit, value in found:
            if repeated is not None and unit in ("Count", "None"):
                repeated["found"][metric] = (unit, value, now, now)
    return response


@control.handles("repeat-reports")
def repeat_reports(request):
    """The worker that writes this log stream has begun or, with `everySeconds` null, ended."""
    key = (request["account"], request["region"], request["group"], request["stream"])
    if request["everySeconds"] is None:
        _repeated.pop(key, None)
    else:
        _repeated[key] = {**request, "found": {}}
    return {}


def repeat():
    now = time.time()
    for (account, region, *_), repeated in _repeated.items():
        for metric, (unit, value, written, published) in list(repeated["found"].items()):
            # A worker whose last report is older does not report any more.
            if now - written >= 1.5 * repeated["reportSeconds"]:
                del repeated["found"][metric]
            elif now - published >= repeated["everySeconds"]:
                repeated["found"][metric] = (unit, value, written, now)
                record((account, region), metric, unit, value if unit == "None" else 0, now)


def publish(lines):
    """Publishes the metrics in these lines, and returns them: (metric, unit, value)."""
    scope = (get_account_id(), get_region())
    found = []
    for line in lines:
        # Most lines have none.
        if '"_aws"' in line and '"CloudWatchMetrics"' in line:
            for metric, unit, value, moment in metrics_of(line):
                record(scope, metric, unit, value, moment)
                found.append((metric, unit, value))
    return found


def metrics_of(line):
    """Lines of a function's console have a prefix before the JSON, which CloudWatch tolerates."""
    try:
        entry = json.loads(line[line.index("{") :])
        envelope = entry["_aws"]
        moment = envelope["Timestamp"] / 1000
        for directive in envelope["CloudWatchMetrics"]:
            for names in directive.get("Dimensions") or [[]]:
                yield from values_of(entry, directive, names, moment)
    except (ValueError, KeyError, TypeError, AttributeError):
        logger.warning("not in the embedded metric format: %.200s", line)


def values_of(entry, directive, names, moment):
    dimensions = tuple(sorted((name, entry[name]) for name in names))
    if not all(isinstance(value, str) for _, value in dimensions):
        raise ValueError("a dimension's value must be a text")
    for wanted in directive["Metrics"]:
        given = entry.get(wanted["Name"])
        for value in given if isinstance(given, list) else [given]:
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                metric = (directive["Namespace"], wanted["Name"], dimensions)
                yield metric, wanted.get("Unit", "None"), value, moment


def record(scope, metric, unit, value, moment):
    namespace, name, dimensions = metric
    dimensions = dict(dimensions)
    key = (*scope, (namespace, name, cloudwatch._dims_key(dimensions)))
    point = {"Timestamp": moment, "Value": float(value), "Unit": unit, "Dimensions": dimensions}
    cloudwatch._metrics._data.setdefault(key, []).append(point)
