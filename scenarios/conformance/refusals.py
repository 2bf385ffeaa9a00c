"""Refusals: whether an answer is one that the operation documents, and says plainly what is wrong.

A plain refusal is a problem document (RFC 9457) where the contract says so, else in the form that the
published standard has. It never shows the inside of the system that made it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from scenarios.conformance.checks import Missed, expect
from scenarios.conformance.known import media_of
from scenarios.conformance.probe import Probe
from scenarios.exchange import Answer

PROBLEM = "application/problem+json"

INSIDES = {
    "a stack trace": re.compile(
        r"Traceback \(most recent|\bat [\w.$<>]+\([\w.]+(:\d+)?\)|File \"[^\"]+\", line \d|"
        r"goroutine \d+ \[|\w+Error: .*\n\s+at |Stack trace"
    ),
    "SQL": re.compile(
        r"\b(SELECT .{1,200} FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b|sqlite3?\.|psycopg|SQLSTATE"
        r"|ORA-\d{5}|near \".*\": syntax error|UNIQUE constraint failed",
    ),
    "a path of the server's files": re.compile(
        r"(?<![\w/:.])/(usr|home|var|opt|app|srv|root|tmp|etc)/[\w.-]+/\S+"
    ),
    "a web page": re.compile(r"<!doctype html|<html[\s>]|<body[\s>]", re.IGNORECASE),
}
"""What an answer would show of the system's inside, and how it is recognised."""


def refused(
    probe: Probe, operation_id: str, answer: Answer, statuses: Sequence[int], because: str, naming: str = ""
) -> None:
    """Raise Missed unless the answer is one of these refusals, documented and plain.

    `because` says what was sent. `naming` has to be found in what the refusal says.
    """
    expect(
        answer.status in statuses,
        f"{operation_id} answers {answer.status} to {because}",
        expected=" or ".join(str(status) for status in statuses),
        got=f"{answer.status} {answer.text[:300]}".rstrip(),
        answer=answer,
    )
    probe.in_contract(operation_id, answer)
    plain(probe, operation_id, answer, because)
    if naming:
        expect(
            naming in _said(answer),
            f"{operation_id} refuses {because} without naming it",
            expected=f"a detail that names `{naming}`",
            got=_said(answer)[:300],
            remedy="say in the problem's detail which thing, field or value is wrong, and what to do",
            answer=answer,
        )


def documented(probe: Probe, operation_id: str, *wanted: int) -> list[int]:
    """Those of the statuses that the operation documents; all of them, where it documents none."""
    operation = probe.operation(operation_id)
    return [status for status in wanted if str(status) in operation.responses] or list(wanted)


def plain(probe: Probe, operation_id: str, answer: Answer, because: str) -> None:
    """Raise Missed unless a refusal is in the documented form, whole, and shows nothing of the inside."""
    for what, pattern in INSIDES.items():
        found = pattern.search(answer.text)
        if found and not (what == "a web page" and answer.content_type == PROBLEM):
            raise Missed(
                f"{operation_id} shows {what} when it refuses {because}",
                expected="what is wrong, in plain words",
                got=answer.text[max(0, found.start() - 80) : found.end() + 200],
                answer=answer,
            )
    media = media_of(probe.service, probe.operation(operation_id), str(answer.status))
    if PROBLEM in media:
        _problem(operation_id, answer, because)
    elif any(kind.endswith("xml") for kind in media):
        parsed(operation_id, answer)
    elif media and not answer.text.strip():
        raise Missed(f"{operation_id} refuses {because} without a word", answer=answer)


def _problem(operation_id: str, answer: Answer, because: str) -> None:
    body: Any = answer.body
    expect(
        answer.content_type == PROBLEM and isinstance(body, dict),
        f"{operation_id} refuses {because} otherwise than with a problem document",
        expected=PROBLEM,
        got=f"{answer.content_type or 'no content type'}: {answer.text[:200]}",
        answer=answer,
    )
    for name in ("type", "title", "detail"):
        expect(
            isinstance(body.get(name), str) and bool(body[name].strip()),
            f"{operation_id} refuses {because} with a problem that has no `{name}`",
            expected=f"a problem with type, title, status and detail (RFC 9457), `{name}` a text",
            got=answer.text[:300],
            answer=answer,
        )
    expect(
        body.get("status") == answer.status,
        f"{operation_id} tells another status in the problem than it answers with",
        expected=answer.status,
        got=body.get("status"),
        answer=answer,
    )


def parsed(operation_id: str, answer: Answer) -> Any:
    """The root element of an answer in XML; raises Missed where a strict parser refuses it."""
    try:
        return ElementTree.fromstring(answer.text.encode())
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as wrong:
        raise Missed(
            f"{operation_id} answers XML that a strict parser refuses: {wrong}",
            expected="well-formed XML, with every character that needs it escaped",
            got=answer.text[:300],
            answer=answer,
        ) from wrong


def _said(answer: Answer) -> str:
    return str(answer.body) if isinstance(answer.body, dict | list) else answer.text
