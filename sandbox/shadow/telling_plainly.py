"""Telling plainly: a difference, and what many calls came to, as a sentence that anybody understands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

LONGEST_VALUE = 48
LONGEST_NAME = 60
MOST_TOLD = 3
"""So many groups are told in the one sentence."""
AFTERWARDS = "afterwards: "
"""How a sentence begins that is about what was read back."""
Grouped = tuple[int, str]
_OF_TIME = frozenset(("by", "at", "on", "from", "to", "since", "until"))
_MISSING = re.compile(r"a (field|header|link) is missing: (.*)")
_LACKING = re.compile(r"(the list.*?) lacks some(.*)")
_BESIDE = re.compile(r"(the list.*?) has some that the stub's has not(.*)")
_VERBS = frozenset(("refused", "took", "failed", "answered", "did"))
_TIMED = frozenset(("date", "datetime", "time", "day", "start", "end"))


def named(place: str) -> str:
    """What a place of an answer is called: ``/items/*/return_by`` is ``return by``."""
    steps = [step for step in place.split("/") if step != "*"]
    last = (steps[-1] if steps else "").replace("~1", "/").replace("~0", "~")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", last).replace("_", " ").replace("-", " ").strip()
    return clipped(words, LONGEST_NAME)


def named_list(place: str) -> str:
    """What a list of an answer is called."""
    name = named(place)
    return (
        "the list" if name in ("", "items") or name.startswith("service requests") else f"the list of {name}"
    )


def named_time(place: str, what: str) -> str:
    """What a date or instant of an answer is called: ``return by date``; ``what`` is ``date`` or ``time``."""
    name = named(place)
    last = name.rpartition(" ")[2]
    if name in _OF_TIME:
        return what
    return name if last in _TIMED else f"{name} {what}".strip()


def named_amount(place: str) -> str:
    """What a number of an answer is called: money without its unit."""
    name = named(place).removesuffix(" pence")
    return name or "number"


def clipped(text: str, longest: int = LONGEST_VALUE) -> str:
    """A text of one line, and not too long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def shown(value: Any) -> str:
    """A value as a reader sees it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return clipped(value) if value else "an empty text"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return f"{value:,}" if isinstance(value, int) else str(value)


def span(length: timedelta) -> str:
    """A length of time: ``1 day``, ``2 days 3 hours``, ``20 minutes``."""
    seconds = abs(length.total_seconds())
    parts = []
    for name, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        whole = int(seconds // size)
        seconds -= whole * size
        if whole:
            parts.append(counted(whole, name))
    return " ".join(parts[:2]) or "less than a second"


def counted(number: int, name: str) -> str:
    """A number of things: ``1 call``, ``1,204 calls``."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def by_how_much(place: str, ours: float, theirs: float) -> str:
    """How much two numbers are apart; money in pounds."""
    apart = abs(theirs - ours)
    if place.endswith("_pence"):
        return f"by £{apart / 100:,.2f}"
    return f"by {apart:,}" if isinstance(apart, int) else f"by {apart:,.6g}"


def status_of(status: int, title: str = "") -> str:
    """A status and what it says: ``409 Already reported``."""
    if not title:
        try:
            title = HTTPStatus(status).phrase
        except ValueError:
            return str(status)
    return f"{status} {clipped(title)}"


def of_statuses(ours: int, theirs: int, our_title: str = "", their_title: str = "") -> str:
    """What it means that two answers have these statuses."""
    our, their = status_of(ours, our_title), status_of(theirs, their_title)
    if theirs >= 500:
        return f"failed with {their} where the stub answers {our}"
    if ours >= 500:
        return f"answered {their} where the stub failed with {our}"
    if ours < 400 <= theirs:
        return f"refused what the stub took: {their}"
    if theirs < 400 <= ours:
        return f"took what the stub refused with {our}"
    if ours >= 400:
        return f"refused with {their} where the stub refuses with {our}"
    return f"answered {their} where the stub answers {our}"


def pace_of(slower_ms: float | None) -> str:
    """How quick the component was at the median beside the stub; empty where nothing was measured."""
    if slower_ms is None:
        return ""
    if abs(slower_ms) < 0.5:
        return "it was as quick"
    return f"it was {abs(slower_ms):,.0f} ms {'slower' if slower_ms > 0 else 'quicker'}"


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of a summary: calls, those alike, and those not answered; differences between events."""

    calls: int
    alike: int
    unanswered: int
    events_different: int


def summed_up(
    counts: Counts, of_calls: Sequence[Grouped], of_events: Sequence[Grouped], slower_ms: float | None
) -> str:
    """What many calls came to, in one sentence; groups are counts and sentences, the largest first."""
    calls, alike = counts.calls, counts.alike
    if not calls:
        return "No call was compared yet."
    parts = [f"Of {counted(calls, 'call')} {alike:,} {_were(alike)} answered alike"]
    if alike == calls:
        parts = [
            "The one call was answered alike" if calls == 1 else f"All {calls:,} calls were answered alike"
        ]
    parts += [f"{count:,} {_as_predicate(sentence)}" for count, sentence in of_calls[:MOST_TOLD]]
    if (more := len(of_calls) - MOST_TOLD) > 0:
        parts.append(f"there {_were(more)} {counted(more, 'other difference')}")
    if counts.unanswered:
        parts.append(f"{counts.unanswered:,} {_were(counts.unanswered)} not answered")
    if of_events:
        first = f"{of_events[0][1]}{', and others' if len(of_events) > 1 else ''}"
        told = counted(counts.events_different, "difference")
        parts.append(f"events had {told} ({first})")
    if pace := pace_of(slower_ms):
        parts.append(pace)
    return "; ".join(parts) + "."


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _as_predicate(sentence: str) -> str:
    """A difference as what a call did: ``gave a later return by date``, ``refused what the stub took``."""
    if sentence.startswith(AFTERWARDS):
        return f"afterwards {_as_predicate(sentence.removeprefix(AFTERWARDS))}"
    if missing := _MISSING.match(sentence):
        return f"lacked the {missing[1]} {missing[2]}"
    if lacking := _LACKING.match(sentence):
        return f"lacked some of {lacking[1]}{lacking[2]}"
    if beside := _BESIDE.match(sentence):
        return f"had some in {beside[1]} that the stub's has not{beside[2]}"
    begins = sentence.partition(" ")[0]
    return sentence if begins in _VERBS else f"gave {sentence}"
