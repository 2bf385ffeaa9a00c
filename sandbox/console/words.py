"""Dates, times, money and names of fields, in the words of a reader who is no programmer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from service_apis.kit.clock import LONDON

_ABBREVIATIONS = {
    "api": "API", "gss": "GSS", "id": "ID", "json": "JSON", "lat": "latitude", "lgsl": "LGSL",
    "long": "longitude", "nino": "NI number", "uprn": "UPRN", "url": "URL", "usrn": "USRN",
}  # fmt: skip
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")
_INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$")
_LATELY = timedelta(days=60)
_SOON = timedelta(days=400)
_CODE_WORDS = re.compile(r"^[a-z]+(_[a-z0-9]+)+$")


def count(number: int) -> str:
    """A number with its thousands apart: ``10,000``."""
    return f"{number:,}"


def day(value: date) -> str:
    """A date: ``Monday 1 June 2026``."""
    return f"{value:%A} {value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """An instant by London's clocks: ``Monday 1 June 2026, 9:00 in the morning``."""
    local = value.astimezone(LONDON)
    return f"{day(local.date())}, {_hour(local)}"


def instant(told: str) -> str:
    """An instant as an API writes it, by London's clocks."""
    return moment(datetime.fromisoformat(told))


def _hour(local: datetime) -> str:
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        return "noon" if local.hour else "midnight"
    part = (
        "at night" if local.hour < 5 else
        "in the morning" if local.hour < 12 else
        "in the afternoon" if local.hour < 18 else
        "in the evening"
    )  # fmt: skip
    return f"{local.hour % 12 or 12}:{local:%M} {part}"


def seconds(value: float) -> str:
    """How long something took: ``0.42 seconds``."""
    return f"{value:.2f} seconds"


def percent(share: float, digits: int = 2) -> str:
    """A share of 1 in hundredths: ``12.34 %``, and ``under 0.01 %`` for what is hardly anything."""
    least = 10.0**-digits
    if 0 < share * 100 < least / 2:
        return f"under {least:.{digits}f}\u00a0%"
    return f"{share * 100:.{digits}f}\u00a0%"


def points(difference: float) -> str:
    """A difference of two shares, in hundredths: ``+0.02 points``."""
    if abs(difference) * 100 < 0.005:
        return "under 0.01 points" if difference else "none"
    return f"{difference * 100:+.2f} points".replace("-", "\N{MINUS SIGN}")


def label(field: str) -> str:
    """A field's name as words: ``ward_code`` is ``Ward code``, ``amount_pence`` is ``Amount``."""
    parts = re.split(r"[_\-\s]+", field.removesuffix("_pence")) or [field]
    named = " ".join(_ABBREVIATIONS.get(part, part) for part in parts if part)
    return named[:1].upper() + named[1:]


def value(field: str, told: Any, today: date) -> str:
    """A value of a field as a reader would write it.

    A date that is lately past or soon to come by ``today`` has its day of the week.
    """
    if isinstance(told, bool):
        return "yes" if told else "no"
    if field.endswith("_pence") and isinstance(told, int):
        return f"{'-' if told < 0 else ''}£{abs(told) // 100:,}.{abs(told) % 100:02}"
    return _text(told, today) if isinstance(told, str) else str(told)


def _text(told: str, today: date) -> str:
    try:
        if _DAY.match(told):
            return _near(date.fromisoformat(told), today)
        if _INSTANT.match(told):
            return moment(datetime.fromisoformat(told))
    except ValueError:
        return told
    return told.replace("_", " ") if _CODE_WORDS.match(told) else told


def _near(told: date, today: date) -> str:
    return day(told) if today - _LATELY <= told <= today + _SOON else f"{told.day} {told:%B %Y}"


def rule(shown: Mapping[str, Any]) -> str:
    """On which calls a rule forces its behaviour, how often, and until when."""
    methods, between = shown["methods"] or [], shown["between"]
    kind = (
        "every call" if not methods else "calls that only read" if methods == ["GET"] else "calls that write"
    )
    parts = [
        f"on {kind} of {label(shown['service']) if shown['service'] else 'every service'}",
        f"for {shown['operation'].replace('_', ' ')}" if shown["operation"] else "",
        "where something is searched for" if shown["searching"] else "",
        f"from {between['start'][:5]} to {between['end'][:5]} by the council's clock" if between else "",
        f"on {percent(shown['share'])} of them" if shown["share"] < 1 else "",
        f"{shown['count'] - shown['forced']} more times" if shown["count"] else "",
        f"until {moment(datetime.fromisoformat(shown['ends_at']))} by this computer's clock"
        if shown["ends_at"]
        else "",
        f"until {moment(datetime.fromisoformat(shown['until']))} by the council's clock"
        if shown["until"]
        else "",
        f"as part of {label(shown['profile']).lower()}" if shown["profile"] else "",
    ]
    return ", ".join(each for each in parts if each)
