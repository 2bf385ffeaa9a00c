"""Values: what two single values of answers mean beside one another: instants, dates, numbers, texts."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.shadow.causes import Cause
from sandbox.shadow.telling_plainly import (
    by_how_much,
    named,
    named_amount,
    named_time,
    shown,
    span,
)

Told = tuple[Cause, str, str]
"""A cause, a sentence without the amount, and the amount."""

_MAY_BE_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d\S*)?$")
_DECIMAL = re.compile(r"-?\d{1,15}\.\d{1,15}$")
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})$")


def differ(place: str, ours: Any, theirs: Any) -> Told | None:
    """What sets two single values apart, or None where they mean the same."""
    if isinstance(ours, str) and isinstance(theirs, str):
        return None if ours == theirs else _texts(place, ours, theirs)
    if _is_number(ours) and _is_number(theirs):
        return None if ours == theirs else _amounts(place, ours, theirs)
    if ours is theirs:
        return None
    name = named(place) or "answer"
    if theirs is None:
        return Cause.VALUE, f"no {name} where the stub gives one", ""
    if ours is None:
        return Cause.VALUE, f"a value of {name} where the stub gives none", ""
    if type(ours) is type(theirs):
        return Cause.VALUE, f"another {name}", f"{shown(theirs)} instead of {shown(ours)}"
    return Cause.KIND, f"another kind of value of {name}", f"{_kind(theirs)} instead of {_kind(ours)}"


def instant_of(text: str) -> datetime | date | None:
    """The instant or date that a text is, if it is one."""
    if not _MAY_BE_TIME.match(text):
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def apart(ours: Any, theirs: Any) -> timedelta | None:
    """How far two instants or dates are apart; None where they cannot be compared."""
    if not (isinstance(ours, str) and isinstance(theirs, str)):
        return None
    one, other = instant_of(ours), instant_of(theirs)
    if isinstance(one, datetime) and isinstance(other, datetime):
        return None if (one.tzinfo is None) != (other.tzinfo is None) else abs(other - one)
    if one is None or other is None or isinstance(one, datetime) or isinstance(other, datetime):
        return None
    return abs(other - one)


def _texts(place: str, ours: str, theirs: str) -> Told | None:
    one, other = instant_of(ours), instant_of(theirs)
    if one is not None and other is not None:
        return _times(place, ours, theirs, one, other)
    if _DECIMAL.match(ours) or _DECIMAL.match(theirs):
        amounts = [float(each) for each in (ours, theirs) if _DECIMAL.match(each) or _WHOLE.match(each)]
        if len(amounts) == 2:
            return None if amounts[0] == amounts[1] else _amounts(place, *amounts)
    return Cause.VALUE, f"another {named(place) or 'text'}", f"{shown(theirs)} instead of {shown(ours)}"


def _times(place: str, ours: str, theirs: str, one: datetime | date, other: datetime | date) -> Told | None:
    with_time = isinstance(one, datetime), isinstance(other, datetime)
    if with_time[0] != with_time[1]:
        kind = "a date" if with_time[0] else "an instant"
        return Cause.FORM, f"{kind} as {named(place)}", f"{theirs} instead of {ours}"
    if isinstance(one, datetime) and isinstance(other, datetime):
        if (one.tzinfo is None) != (other.tzinfo is None):
            told = "without" if other.tzinfo is None else "with"
            return Cause.FORM, f"a {named_time(place, 'time')} {told} its zone", f"{theirs} instead of {ours}"
        length = other - one
    else:
        length = _day(other) - _day(one)
    if not length:
        return None
    later = length > timedelta(0)
    name = named_time(place, "time" if with_time[0] else "date")
    return (
        (Cause.LATER, f"a later {name}", f"by {span(length)}")
        if later
        else (Cause.EARLIER, f"an earlier {name}", f"by {span(length)}")
    )


def _amounts(place: str, ours: float, theirs: float) -> Told:
    name, amount = named_amount(place), by_how_much(place, ours, theirs)
    if theirs > ours:
        return Cause.HIGHER, f"a higher {name}", amount
    return Cause.LOWER, f"a lower {name}", amount


def _day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if _is_number(value):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"
