"""Settings of a queue's event source mapping that Lambda refuses. Source: Lambda developer guide, "Creating and configuring an
Amazon SQS event source mapping"; Lambda API, CreateEventSourceMapping."""

import service_roles
from ministack.core.responses import error_response_json
from ministack.services import lambda_svc, sqs
from replacing import replaces


@replaces(lambda_svc, "_create_esm")
def create(former, request):
    return fault(request, request.get("FunctionName", "")) or duplicate(request) or former(request)


@replaces(lambda_svc, "_update_esm")
def update(former, mapping_id, request):
    mapping = lambda_svc._esms.get(mapping_id)
    if mapping is None:
        return former(mapping_id, request)
    function = request.get("FunctionName") or mapping["FunctionArn"]
    return fault({**mapping, **request}, function) or former(mapping_id, request)


def fault(settings, function_reference):
    queue = sqs._queue_by_arn(settings.get("EventSourceArn") or "")
    if queue is None:
        return None
    size = settings.get("BatchSize") or 10
    window = settings.get("MaximumBatchingWindowInSeconds") or 0
    if queue["is_fifo"] and window:
        return _refused("Batching window is not supported for FIFO queues.")
    if queue["is_fifo"] and size > 10:
        return _refused("Batch size must be at most 10 for FIFO queues.")
    if size > 10 and not window:
        return _refused(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
        )
    _, config, _ = lambda_svc._get_func_record_for_ref(function_reference)
    visible_after = int(queue["attributes"]["VisibilityTimeout"])
    for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
        arn = queue["attributes"]["QueueArn"]
        if config is not None and service_roles.refusal_of_function(config, f"sqs:{action}", arn):
            return _refused(f"The provided execution role does not have permissions to call {action} on SQS")
    if config is not None and visible_after < config.get("Timeout", 3):
        return _refused(
            f"Queue visibility timeout: {visible_after} seconds is less than Function timeout: "
            f"{config['Timeout']} seconds"
        )
    return None


def duplicate(request):
    function, qualifier = lambda_svc._resolve_request_scoped_name_and_qualifier(request.get("FunctionName", ""))
    for mapping in lambda_svc._esms.values():
        same = (mapping["EventSourceArn"], mapping["FunctionName"], mapping.get("Qualifier"))
        if same == (request.get("EventSourceArn"), function, qualifier):
            message = (
                f'An event source mapping with SQS arn (" {same[0]} ") and function (" {function} ") already exists. '
                f"Please update or delete the existing mapping with UUID {mapping['UUID']}"
            )
            return error_response_json("ResourceConflictException", message, 409)
    return None


def _refused(message):
    return error_response_json("InvalidParameterValueException", message, 400)
