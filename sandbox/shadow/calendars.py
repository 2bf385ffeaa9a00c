"""Calendars: an iCalendar feed (RFC 5545) as its name and its events, in order of time.

A feed has hundreds of events, and most lines are the same in all of them: so it is read by line, each line
once, and not turned into objects as a calendar program would.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

_FOLD = re.compile(r"\r?\n[ \t]")
_CALLED = {"dtstart": "start", "dtend": "end"}
_EACH_ITS_OWN = frozenset(("dtstamp", "last-modified", "created", "sequence"))
_ESCAPED = re.compile(r"\\([\\;,nN])")


class NotACalendar(ValueError):
    """A body is no calendar."""


def calendar_of(body: bytes) -> dict[str, Any]:
    """The name and events of a feed; instants in ISO, with their zone. Raises NotACalendar.

    Of an event's identifier it is kept only that there is one, and nothing of when it was written: these
    are each system's own.
    """
    try:
        lines = _FOLD.sub("", body.decode()).splitlines()
    except UnicodeDecodeError as error:
        raise NotACalendar("it is not in UTF-8") from error
    feed = _Feed()
    for line in filter(None, lines):
        feed.take(*_read(line))
    if feed.open or feed.events is None:
        raise NotACalendar("it breaks off")
    events = sorted(feed.events, key=lambda each: (each.get("start", ""), each.get("summary", "")))
    return {**feed.about, "events": events}


class _Feed:
    """A feed as it is read: the parts that are open, what is said of the whole, and the events."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.about: dict[str, str] = {}
        self.events: list[dict[str, str]] | None = None

    def take(self, name: str, value: str) -> None:
        """Take a line."""
        if name == "begin":
            self._begin(value.lower())
        elif not self.open or self.events is None:
            raise NotACalendar("it does not begin with BEGIN:VCALENDAR")
        elif name == "end":
            if self.open.pop() != value.lower():
                raise NotACalendar(f"END:{value} ends what was not begun")
        elif self.open == ["vcalendar", "vevent"] and name not in _EACH_ITS_OWN:
            self.events[-1][_CALLED.get(name, name)] = "given" if name == "uid" else value
        elif self.open == ["vcalendar"] and name == "x-wr-calname":
            self.about["name"] = value

    def _begin(self, part: str) -> None:
        self.open.append(part)
        if self.open == ["vcalendar"] and self.events is None:
            self.events = []
        elif self.open == ["vcalendar", "vevent"] and self.events is not None:
            self.events.append({})


def _read(line: str) -> tuple[str, str]:
    """The name and value of a line."""
    name, colon, value = line.partition(":")
    if not colon:
        raise NotACalendar("a line has no colon")
    return _with_parameters(line) if ";" in name or name[:2].upper() == "DT" else (name.lower(), _text(value))


@lru_cache(maxsize=20_000)
def _with_parameters(line: str) -> tuple[str, str]:
    from icalendar.parser import Contentline

    try:
        name, parameters, value = Contentline(line).parts()  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise NotACalendar("a line cannot be read") from error
    lower = str(name).lower()
    if lower in _CALLED:
        return lower, _moment(str(value), parameters.get("TZID"))
    return lower, _text(str(value))


def _moment(value: str, zone: str | None) -> str:
    """A date or instant in ISO; as it is where it is none."""
    try:
        if len(value) == 8:
            return date.fromisoformat(value).isoformat()
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return (_in_zone(moment, zone) if zone and moment.tzinfo is None else moment).isoformat()


def _in_zone(moment: datetime, zone: str) -> datetime:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return moment.replace(tzinfo=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return moment


def _text(value: str) -> str:
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
