"""Calendar feeds in iCalendar (RFC 5545), for the calendar program on a phone: all-day events by the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from starlette.responses import Response


class CalendarFeed(Response):
    """An answer in iCalendar."""

    media_type = "text/calendar"


@dataclass(frozen=True, slots=True)
class DayEvent:
    """Something that takes place on a day. ``uid`` stays the same when the event is moved to another."""

    uid: str
    title: str
    day: date
    description: str | None = None


def calendar_feed(name: str, product: str, now: datetime, events: Iterable[DayEvent]) -> CalendarFeed:
    """A calendar called ``name``, as it stands ``now``, of a ``product`` such as "Waste".

    There is no recurrence, because several calendar programs ignore the exceptions to one.
    """
    # Imported here because it is slow to import, and a server starts without it.
    from icalendar import Calendar, Event

    feed = Calendar({"PRODID": f"-//Virtual Council//{product}//EN", "VERSION": "2.0"})
    feed.add("X-WR-CALNAME", name)
    feed.add("REFRESH-INTERVAL", timedelta(days=1), parameters={"VALUE": "DURATION"})
    for each in events:
        event = Event({"UID": each.uid, "SUMMARY": each.title, "TRANSP": "TRANSPARENT"})
        event.add("DTSTAMP", now)
        event.add("DTSTART", each.day)
        if each.description is not None:
            event.add("DESCRIPTION", each.description)
        feed.add_component(event)
    return CalendarFeed(feed.to_ical())
