"""Stores settings that the embedded cloud accepts but does not store. Otherwise a refresh would report drift that does not exist,
or would not detect a manual change."""

import json

from ministack.services import cloudwatch, cloudwatch_logs, ec2
from replacing import replaces


@replaces(cloudwatch, "_put_metric_alarm")
def keep_metric_math(former, params, request, is_cbor, is_json=False):
    """The cloud does not store the `Metrics` of a metric-math alarm, and a few fields of all alarms."""
    response = former(params, request, is_cbor, is_json)
    alarm = cloudwatch._alarms.get(request.get("AlarmName", "")) if request else None
    if response[0] != 200 or alarm is None:
        return response
    for name in ("ThresholdMetricId", "EvaluateLowSampleCountPercentile"):
        if request.get(name) is not None:
            alarm[name] = request[name]
    if request.get("Metrics"):
        alarm["Metrics"] = request["Metrics"]
        for name in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period"):
            if request.get(name) is None:
                alarm.pop(name, None)
    return response


@replaces(cloudwatch_logs, "_put_metric_filter")
def keep_what_a_filter_reads(former, data):
    """The cloud does not store whether a metric filter reads the transformed log events."""
    response = former(data)
    kept = cloudwatch_logs._metric_filters.get((data.get("logGroupName"), data.get("filterName")))
    if response[0] == 200 and kept is not None and data.get("applyOnTransformedLogs"):
        kept["applyOnTransformedLogs"] = True
    return response


@replaces(cloudwatch_logs, "handle_request")
async def change_the_key(former, method, path, headers, body, query):
    """The cloud has no calls that change the key of a log group."""
    action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
    if action not in ("AssociateKmsKey", "DisassociateKmsKey"):
        return await former(method, path, headers, body, query)
    request = json.loads(body)
    group = cloudwatch_logs._log_groups.get(request.get("logGroupName"))
    if group is None:
        message = "The specified log group does not exist."
        return cloudwatch_logs.error_response_json("ResourceNotFoundException", message, 400)
    group["kmsKeyId"] = request.get("kmsKeyId")
    return cloudwatch_logs.json_response({})


@replaces(cloudwatch, "_put_composite_alarm")
def keep_the_suppressor(former, params, request, is_cbor, is_json=False):
    """The cloud does not store the suppressor of a composite alarm's actions."""
    response = former(params, request, is_cbor, is_json)
    source = request or {name: cloudwatch._p(params, name) for name in SUPPRESSOR}
    alarm = cloudwatch._composite_alarms.get(
        (request or {}).get("AlarmName") or cloudwatch._p(params, "AlarmName")
    )
    if response[0] == 200 and alarm is not None:
        alarm.update({name: source[name] for name in SUPPRESSOR if source.get(name)})
    return response


SUPPRESSOR = (
    "ActionsSuppressor",
    "ActionsSuppressorWaitPeriod",
    "ActionsSuppressorExtensionPeriod",
)


@replaces(ec2, "_delete_tags")
def delete_tags_where_they_are_read(former, params):
    """The cloud still returns deleted tags of a launch template."""
    before = {name: ec2._tags.get(name) for name in ec2._parse_member_list(params, "ResourceId")}
    response = former(params)
    for name, tags in before.items():
        if tags is not None:
            tags[:] = ec2._tags[name]
            ec2._tags[name] = tags
    return response
