"""Telling plainly: a difference, and what many calls came to, as a sentence that anybody understands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

LONGEST_VALUE = 48
LONGEST_NAME = 60
_OF_TIME = frozenset(("by", "at", "on", "from", "to", "since", "until"))
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


def summed_up(
    calls: int, alike: int, unanswered: int, groups: Sequence[tuple[int, str]], slower_ms: float | None
) -> str:
    """What many calls came to, in one sentence; ``groups`` are counts and sentences, the largest first."""
    if not calls:
        return "No call was compared yet."
    parts = [f"Of {counted(calls, 'call')} {alike:,} {'was' if alike == 1 else 'were'} answered alike"]
    if alike == calls:
        parts = [
            "The one call was answered alike" if calls == 1 else f"All {calls:,} calls were answered alike"
        ]
    parts += [f"{count:,} {_as_predicate(sentence)}" for count, sentence in groups[:3]]
    if len(groups) > 3:
        parts.append(
            f"there {'was' if len(groups) == 4 else 'were'} {counted(len(groups) - 3, 'other cause')}"
        )
    if unanswered:
        parts.append(f"{unanswered:,} {'was' if unanswered == 1 else 'were'} not answered")
    if pace := pace_of(slower_ms):
        parts.append(pace)
    return "; ".join(parts) + "."


def _as_predicate(sentence: str) -> str:
    """A difference as what a call did: ``gave a later return by date``, ``refused what the stub took``."""
    begins = sentence.partition(" ")[0]
    return f"gave {sentence}" if begins in ("a", "an", "no", "another", "the", "events") else sentence
