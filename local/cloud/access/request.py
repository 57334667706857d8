"""The request that is judged, whatever protocol it came in."""

import contextvars
import functools
import json
import re

from ministack.core.responses import get_account_id, get_region

current = contextvars.ContextVar("request", default=None)


class Request:
    def __init__(self, service, action, path, body, query):
        self.service = service
        self.action = action
        self.path = path
        self._body = body
        self._query = query

    @property
    def name(self):
        return self.action.partition(":")[2]

    @functools.cached_property
    def body(self):
        """Of the protocols with JSON; empty in the query protocol."""
        try:
            parsed = json.loads(self._body or b"{}")
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}

    def value(self, name):
        found = self.body.get(name, self._query.get(name))
        return found[0] if isinstance(found, list) and found else found or None

    def values(self, name):
        """A list: of JSON, or the parameters `name.1`, `name.member.1` of a query."""
        given = self.body.get(name)
        if isinstance(given, list):
            return given
        member = re.compile(rf"{re.escape(name)}(\.member)?\.\d+")
        return [self.value(key) for key in self._query if member.fullmatch(key)]

    def names(self, pattern):
        """The parameters of a query whose whole name matches."""
        return [key for key in self._query if re.fullmatch(pattern, key)]


def arn(service, resource, account=None, region=None):
    account = get_account_id() if account is None else account
    region = get_region() if region is None else region
    return f"arn:aws:{service}:{region}:{account}:{resource}"
