"""Requests that AWS does not have, below /_local: for tests and for the fleet."""

import json

from ministack import app
from replacing import replaces

# Path -> function of the JSON body; its result is the JSON answer.
requests = {}


def handles(path):
    def decorate(function):
        requests[f"/_local/{path}"] = function
        return function

    return decorate


@replaces(app, "_handle_post_body_shortcuts")
async def answer_local_requests(former, method, path, headers, body, query, request_id):
    function = requests.get(path)
    if function is None or method != "POST":
        return await former(method, path, headers, body, query, request_id)
    answer = function(json.loads(body or b"{}"))
    return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()
