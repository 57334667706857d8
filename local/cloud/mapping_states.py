"""Event source mappings change asynchronously: after a call they are Creating, Enabling, Updating, Disabling or Deleting for a
moment, and refuse changes meanwhile. Source: Lambda API, UpdateEventSourceMapping (ResourceInUseException) and
EventSourceMappingConfiguration (State)."""

import time

from ministack.core.responses import error_response_json, json_response
from ministack.services import lambda_svc
from replacing import replaces

# Seconds of real time. On AWS it takes up to a minute or more. A mapping that is Disabling still receives messages.
SECONDS = {"Creating": 0.5, "Enabling": 0.3, "Updating": 0.2, "Disabling": 1, "Deleting": 0.2}


def transition(mapping):
    """The state between, or None."""
    state, until = mapping.get("Transition") or (None, 0)
    return state if time.time() < until else None


def is_receiving(mapping):
    state = transition(mapping)
    return mapping["Enabled"] if state in (None, "Updating") else state == "Disabling"


def _begin(mapping, state):
    mapping["Transition"] = (state, time.time() + SECONDS[state])
    mapping["State"] = "Enabled" if mapping["Enabled"] else "Disabled"
    mapping["StateTransitionReason"] = "USER_INITIATED"


@replaces(lambda_svc, "_esm_response")
def show_the_state(former, mapping):
    shown = former(mapping)
    shown.pop("Transition", None)
    return {**shown, "State": transition(mapping) or shown["State"]}


@replaces(lambda_svc, "_create_esm")
def create(former, request):
    status, _, body = response = former(request)
    if status >= 300:
        return response
    mapping = lambda_svc._esms[lambda_svc.json.loads(body)["UUID"]]
    _begin(mapping, "Creating")
    return json_response(lambda_svc._esm_response(mapping), status)


@replaces(lambda_svc, "_update_esm")
def update(former, mapping_id, request):
    mapping = lambda_svc._esms.get(mapping_id)
    if mapping is not None and transition(mapping):
        return _in_use("update")
    was_enabled = mapping is not None and mapping["Enabled"]
    response = former(mapping_id, request)
    if response[0] >= 300:
        return response
    changed = {True: "Enabling", False: "Disabling"}
    _begin(mapping, "Updating" if mapping["Enabled"] == was_enabled else changed[mapping["Enabled"]])
    return json_response(lambda_svc._esm_response(mapping), response[0])


@replaces(lambda_svc, "_delete_esm")
def delete(former, mapping_id):
    """It is gone when `remove_deleted` is called afterwards."""
    mapping = lambda_svc._esms.get(mapping_id)
    if mapping is None:
        return former(mapping_id)
    if transition(mapping):
        return _in_use("delete")
    mapping["Enabled"] = False
    _begin(mapping, "Deleting")
    return json_response(lambda_svc._esm_response(mapping), 202)


def remove_deleted():
    for key, mapping in list(lambda_svc._esms._data.items()):
        state, until = mapping.get("Transition") or (None, 0)
        if state == "Deleting" and time.time() >= until:
            del lambda_svc._esms._data[key]


def _in_use(verb):
    message = f"Cannot {verb} the event source mapping because it is in use."
    return error_response_json("ResourceInUseException", message, 400)
