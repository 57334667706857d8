"""Settings of event source mappings. Source: Lambda API, CreateEventSourceMapping, and developer guide, "Using Lambda with
Amazon SQS" (provisioned mode)."""

from ministack.services import lambda_svc
from replacing import replaces

FORGOTTEN = ("KMSKeyArn", "MetricsConfig", "ProvisionedPollerConfig")
POLLERS = {"MinimumPollers": 2, "MaximumPollers": 200}


@replaces(lambda_svc, "_create_esm")
def keep_what_it_forgets(former, data):
    return excluded(data, {}) or kept(former(data), data)


@replaces(lambda_svc, "_update_esm")
def change_what_it_forgets(former, mapping_id, data):
    return excluded(data, lambda_svc._esms.get(mapping_id) or {}) or kept(former(mapping_id, data), data)


def excluded(data, mapping):
    """AWS refuses both at once: a queue is polled either in provisioned mode or with a maximum concurrency."""
    settings = {**mapping, **data}
    if settings.get("ScalingConfig") and settings.get("ProvisionedPollerConfig"):
        message = "ScalingConfig and ProvisionedPollerConfig exclude each other."
        return lambda_svc.error_response_json("InvalidParameterValueException", message, 400)
    return None


def kept(response, data):
    status, _, body = response
    if status >= 300:
        return response
    mapping = lambda_svc._esms[lambda_svc.json.loads(body)["UUID"]]
    for name in FORGOTTEN:
        if data.get(name):
            mapping[name] = data[name]
        elif name in data:
            mapping.pop(name, None)
    pollers = mapping.get("ProvisionedPollerConfig")
    if pollers:
        mapping["ProvisionedPollerConfig"] = {**POLLERS, **pollers}
    return lambda_svc.json_response(lambda_svc._esm_response(mapping), status)
