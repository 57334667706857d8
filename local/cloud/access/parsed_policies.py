"""Policies are parsed once: the embedded cloud parses all policies of a role for each of its calls."""

import functools
import json

from ministack.core import iam_evaluator
from replacing import replaces


@replaces(iam_evaluator, "parse_policy_document")
def parse_once(former, document):
    text = document if isinstance(document, str) else json.dumps(document)
    return _parsed(former, text)


@functools.lru_cache(maxsize=1000)
def _parsed(parse, text):
    return parse(text)
