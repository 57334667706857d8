"""What services deliver to each other. The embedded cloud asks the policies of queues and topics, but of no key and no
function, and lets alarms and schedules do everything."""

import functions  # noqa: F401  (what it corrects is called only if it is allowed)
from ministack.services import eventbridge, lambda_svc, s3, sns, sqs
from replacing import replaces
from service_roles import service_may, service_may_encrypt


@replaces(sqs, "queue_policy_allows")
def ask_the_key_of_the_queue(former, queue_arn, service, source, account):
    queue = sqs._queue_by_arn(queue_arn) or {"attributes": {}}
    key = queue["attributes"].get("KmsMasterKeyId")
    return former(queue_arn, service, source, account) and service_may_encrypt(key, service, source)


@replaces(sns, "topic_policy_allows")
def ask_the_key_of_the_topic(former, topic_arn, service, source, account):
    topic = sns._topic_by_arn_any_scope(topic_arn) or {}
    key = topic.get("attributes", {}).get("KmsMasterKeyId")
    return former(topic_arn, service, source, account) and service_may_encrypt(key, service, source)


def alarm_may_publish(topic_arn, alarm_arn, account):
    allowed = sns.topic_policy_allows(topic_arn, "cloudwatch.amazonaws.com", alarm_arn, account)
    if not allowed:
        sns.logger.warning("%s may not publish to %s", alarm_arn, topic_arn)
    return allowed


def may_invoke(function_arn, service, source):
    found = lambda_svc.function_policy_for_arn(function_arn)
    allowed = found is not None and service_may(found[0], service, "lambda:InvokeFunction", function_arn, source)
    if not allowed:
        lambda_svc.logger.warning("%s may not invoke %s for %s", service, function_arn, source)
    return allowed


@replaces(s3, "_validate_notification_configs")
def ask_the_functions_too(former, configs, bucket_region, bucket="", skip_destination_validation=False):
    """When notifications are set, it asks only queues and topics."""
    error = former(configs, bucket_region, bucket, skip_destination_validation)
    functions = [] if skip_destination_validation else [one["arn"] for one in configs if one["type"] == "lambda"]
    refused = [arn for arn in functions if not may_invoke(arn, "s3.amazonaws.com", f"arn:aws:s3:::{bucket}")]
    if error or not refused:
        return error
    message = f"Unable to validate the following destination configurations: {', '.join(refused)}"
    return s3._invalid_notification_config(message)


@replaces(s3, "_deliver_event_to_lambda")
def invoke_for_a_bucket(former, function_arn, event, region):
    source = event["Records"][0]["s3"]["bucket"]["arn"]
    if may_invoke(function_arn, "s3.amazonaws.com", source):
        former(function_arn, event, region)


@replaces(sns, "_deliver_to_lambda")
def invoke_for_a_topic(former, function_arn, envelope, topic_arn, *details):
    if may_invoke(function_arn, "sns.amazonaws.com", topic_arn):
        former(function_arn, envelope, topic_arn, *details)


@replaces(eventbridge, "_invoke_target")
def ask_the_target_of_a_rule(former, target, event, rule, view=None):
    source, arn = rule.get("Arn", ""), target.get("Arn", "")
    service = arn.split(":")[2] if arn.count(":") > 4 else ""
    asked = {
        "lambda": lambda: may_invoke(arn, "events.amazonaws.com", source),
        "sns": lambda: sns.topic_policy_allows(arn, "events.amazonaws.com", source, source.split(":")[4]),
        "sqs": lambda: sqs.queue_policy_allows(arn, "events.amazonaws.com", source, source.split(":")[4]),
    }
    # A schedule calls its targets with its role.
    if ":scheduler:" in source or asked.get(service, lambda: True)():
        former(target, event, rule, view)
