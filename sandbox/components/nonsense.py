"""Nonsense: an answer of a component's that the slot does not declare, or that cannot be read."""

from __future__ import annotations

import json
from codecs import lookup
from http import HTTPStatus
from typing import NoReturn

from sandbox.components.asking import Answered, Asked
from sandbox.components.contract import Operation

CONDITIONAL = ("if-none-match", "if-modified-since")
"""What a caller sends who may be told that nothing has changed."""


def nonsense_in(operation: Operation | None, asked: Asked, answered: Answered) -> str | None:
    """What makes an answer one that is not passed on, as the end of a sentence; None where it is good.

    ``operation`` is the slot's at the call's address. An address that the slot does not have may be answered
    in any way but by 3xx and 5xx.
    """
    status = answered.status
    if status >= 500 or status < 200:
        return f"answered {_said(status)}"
    if status == 304 and asked.method in ("GET", "HEAD") and any(map(asked.header, CONDITIONAL)):
        return None
    if operation is None:
        if 300 <= status < 400:
            return f"answered {_said(status)}, and redirects are not followed"
        return None if asked.method == "HEAD" else unreadable(answered)
    declared = operation.media_types(status)
    if declared is None:
        why = ", and redirects are not followed" if 300 <= status < 400 else ""
        return f"answered {_said(status)}, which {operation.name} does not declare{why}"
    if asked.method == "HEAD" or status in (204, 205):
        return None
    if declared and answered.media_type not in declared:
        came = answered.media_type or "no media type"
        return f"answered {_said(status)} with {came}, where {operation.name} declares {_listed(declared)}"
    return unreadable(answered)


def unreadable(answered: Answered) -> str | None:
    """Why the body cannot be read as what it is said to be, as the end of a sentence; None where it can."""
    kind = answered.media_type
    if kind == "application/json" or kind.endswith("+json"):
        return _no_json(answered)
    if kind.endswith(("/xml", "+xml")):
        return _no_xml(answered)
    return None


def charset_of(answered: Answered | Asked) -> str:
    """The charset that the body is said to be in, where it is one that is known; UTF-8 where none is said."""
    _, _, parameters = (answered.header("content-type") or "").lower().partition("charset=")
    named = parameters.partition(";")[0].strip(" \"'")
    try:
        return lookup(named).name if named else "utf-8"
    except LookupError:
        return "utf-8"


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_constant)


def _no_json(answered: Answered) -> str | None:
    try:
        _JSON.decode(answered.body.decode(charset_of(answered)))
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        return f"answered {_said(answered.status)} with a body that is no JSON: {why[:120]}"
    return None


def _no_xml(answered: Answered) -> str | None:
    # Needed for the few slots that speak XML alone.
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        fromstring(answered.body)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        return f"answered {_said(answered.status)} with a body that is no XML: {str(error)[:120]}"
    return None


def _said(status: int) -> str:
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)


def _listed(kinds: frozenset[str]) -> str:
    return " or ".join(sorted(kinds))
