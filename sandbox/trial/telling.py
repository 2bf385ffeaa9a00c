"""What a report of a failed test says of the council that the test ran on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.trial.answers import Call
from sandbox.trial.council import Council
from sandbox.trial.line import NotReached, Refused

CALLS_SHOWN = 10
LONGEST_BODY = 500
REFUSED_FROM = 400


def last_seen(council: Council) -> str:
    """Which council it was, what its clock showed, and the last calls that it answered.

    Of calls that were refused, what was sent and answered too.
    """
    lines = [repr(council)]
    try:
        # The calls first, so that what is asked here is not among them.
        calls = council.calls(most=CALLS_SHOWN)
        lines[0] += f", clock at {council.clock()['now']}"
        lines.append("Its last calls, and what was refused:" if calls else "It was not called.")
        for call in calls:
            lines += _told(council, call)
    except (NotReached, Refused) as failure:
        lines.append(f"No more could be learned of it: {failure}")
    return "\n".join(lines)


def _told(council: Council, call: Call) -> Iterator[str]:
    notes = {"rows": call["rows"], "events": call["events"], "fault": call["fault"]}
    caused = "".join(f", {what} {note}" for what, note in notes.items() if note)
    yield f"  {call['method']} {call['address']} {call['status']}{caused}"
    if call["status"] >= REFUSED_FROM:
        whole = council.control("GET", f"/journal/{call['request_id']}")
        for half, verb in (("request", "sent"), ("answer", "answered")):
            yield from _body(verb, whole[half]["body"])


def _body(verb: str, body: dict[str, Any]) -> Iterator[str]:
    text = body["text"]
    if text:
        yield f"    {verb} {text[:LONGEST_BODY]}{' ...' if len(text) > LONGEST_BODY else ''}"
