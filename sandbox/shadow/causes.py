"""Causes: what kind of difference there can be between what the stub says and what the component says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Cause(StrEnum):
    """A kind of difference. Each is about what the component says, beside what the stub says."""

    STATUS = "another status"
    MEDIA_TYPE = "another media type"
    CHARSET = "another charset"
    HEADER = "another header"
    UNREADABLE = "cannot be read"
    REFUSAL = "another refusal"
    MISSING = "missing"
    EXTRA = "not expected"
    KIND = "another kind of value"
    FORM = "another form"
    EARLIER = "earlier"
    LATER = "later"
    HIGHER = "higher"
    LOWER = "lower"
    VALUE = "another value"
    LACKS = "lacks some"
    HAS_MORE = "has more"
    ORDER = "another order"
    VERSION = "another version"
    EVENT_MISSING = "event missing"
    EVENT_EXTRA = "event not expected"
    EVENT_TWICE = "event told twice"
    EVENT_SUBJECT = "event of another subject"
    EVENT_ORDER = "events in another order"
    SLOW = "slow"
    UNANSWERED = "not answered"


class _Absent:
    """What stands where a side has nothing."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which the component differs from the stub, at a place of the answer.

    ``place`` is a JSON pointer with ``*`` for a position in a list (``/items/*/return_by``), or ``status``,
    ``media type``, ``header etag`` and the like. ``ours`` and ``theirs`` are the values, ABSENT where there
    is none. ``sentence`` says it in plain English: ``a later return by date (by 1 day)``; ``plain`` is the
    same without the amount, by which differences are grouped.
    """

    place: str
    ours: Any
    theirs: Any
    cause: Cause
    sentence: str
    plain: str
