"""Filter patterns of CloudWatch Logs, of which the embedded cloud knows single terms only: terms ("a" ?b -c) and
conditions on JSON ({ ($.level = "error") || ($.code >= 500) }). Source: CloudWatch Logs user guide, "Filter pattern
syntax". Regular expressions, IS NULL and arrays are refused."""

import fnmatch
import json
import operator
import re

from ministack.core.responses import error_response_json
from ministack.services import cloudwatch_logs
from replacing import replaces

_TOKEN = re.compile(r'\s*(?:(\|\||&&|[()]|!=|<=|>=|=|<|>)|(\$(?:\.[\w-]+)+)|"([^"]*)"|([^\s()"]+))')
_COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@replaces(cloudwatch_logs, "_compile_filter_pattern")
def compile_pattern(_former, pattern):
    pattern = (pattern or "").strip()
    if pattern.startswith("{") and pattern.endswith("}"):
        return json_matcher(pattern[1:-1])
    return term_matcher(pattern)


@replaces(cloudwatch_logs, "_filter_log_events")
def refuse_what_is_not_understood(former, data):
    try:
        return former(data)
    except ValueError as error:
        return error_response_json("InvalidParameterException", str(error), 400)


def term_matcher(pattern):
    """All terms, none of those with "-". Terms with "?" are alternatives; beside other terms AWS ignores them."""
    found = re.findall(r'([?-]?)(?:"([^"]*)"|([^\s"]+))', pattern)
    terms = [(sign, quoted or bare) for sign, quoted, bare in found]
    anyone = [term for sign, term in terms if sign == "?"]
    wanted = [term for sign, term in terms if sign == ""]
    unwanted = [term for sign, term in terms if sign == "-"]
    if anyone and not wanted and not unwanted:
        return lambda message: any(term in message for term in anyone)
    return lambda message: all(term in message for term in wanted) and not any(
        term in message for term in unwanted
    )


def json_matcher(text):
    condition = _Parser(text).whole()

    def matches(message):
        try:
            entry = json.loads(message)
        except ValueError:
            return False
        return isinstance(entry, dict) and condition(entry)

    return matches


class _Parser:
    def __init__(self, text):
        self.tokens = [match.groups() for match in _TOKEN.finditer(text)]
        self.text = text

    def whole(self):
        condition = self.either()
        if self.tokens:
            raise self.fault()
        return condition

    def either(self):
        parts = [self.both()]
        while self.next_is("||"):
            parts.append(self.both())
        return lambda entry: any(part(entry) for part in parts)

    def both(self):
        parts = [self.one()]
        while self.next_is("&&"):
            parts.append(self.one())
        return lambda entry: all(part(entry) for part in parts)

    def one(self):
        if self.next_is("("):
            inner = self.either()
            if not self.next_is(")"):
                raise self.fault()
            return inner
        if len(self.tokens) < 3:
            raise self.fault()
        (_, selector, _, _), (sign, _, _, _), (_, _, quoted, bare) = self.tokens[:3]
        del self.tokens[:3]
        wanted = bare if quoted is None else quoted
        if selector is None or wanted is None or sign not in ("=", "!=", *_COMPARISONS):
            raise self.fault()
        return lambda entry: compare(value_at(entry, selector), sign, wanted)

    def next_is(self, sign):
        if self.tokens and self.tokens[0][0] == sign:
            self.tokens.pop(0)
            return True
        return False

    def fault(self):
        return ValueError(f"The filter pattern is not understood here: {{{self.text}}}")


def value_at(entry, selector):
    for name in selector.split(".")[1:]:
        entry = entry.get(name) if isinstance(entry, dict) else None
    return entry


def compare(value, sign, wanted):
    if value is None:
        return False
    if sign in _COMPARISONS:
        return isinstance(value, (int, float)) and _COMPARISONS[sign](value, float(wanted))
    is_equal = fnmatch.fnmatchcase(value if isinstance(value, str) else json.dumps(value), wanted)
    return is_equal if sign == "=" else not is_equal
