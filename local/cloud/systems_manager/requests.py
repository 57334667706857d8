"""Adds actions to the cloud's Systems Manager."""

import json

from ministack.services import ssm
from replacing import replaces

actions = {}


class Refused(Exception):
    """An error of the service, with its name and message."""


def action(name):
    def decorate(function):
        actions[name] = function
        return function

    return decorate


@replaces(ssm, "handle_request")
async def handle(former, method, path, headers, body, query):
    function = actions.get(headers.get("x-amz-target", "").rsplit(".", 1)[-1])
    if function is None:
        return await former(method, path, headers, body, query)
    try:
        return ssm.json_response(function(json.loads(body or b"{}")))
    except Refused as refused:
        return ssm.error_response_json(*refused.args, 400)
