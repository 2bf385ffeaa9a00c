"""A property's collections as an iCalendar feed (RFC 5545), for the calendar program on a phone."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from service_apis.kit.work import Work
from service_apis.waste.schemas import PropertyCalendar


class CalendarFeed(Response):
    """An answer in iCalendar."""

    media_type = "text/calendar"


def calendar_feed(work: Work, calendar: PropertyCalendar) -> CalendarFeed:
    """One all-day event for each bin, on the day on which it is really emptied.

    There is no recurrence, because several calendar programs ignore the exceptions to one. A UID
    goes by the usual day, so that a collection that is moved stays the same event.
    """
    # Imported here because it is slow to import, and a server starts without it.
    from icalendar import Calendar, Event

    feed = Calendar({"PRODID": "-//Virtual Council//Waste//EN", "VERSION": "2.0"})
    feed.add("X-WR-CALNAME", f"Bins at {calendar.address}")
    feed.add("REFRESH-INTERVAL", timedelta(days=1), parameters={"VALUE": "DURATION"})
    for each in calendar.collections:
        uid = f"{calendar.uprn}-{each.stream}-{each.usual_date:%Y%m%d}@virtual-council.example"
        event = Event({"UID": uid, "SUMMARY": each.title, "TRANSP": "TRANSPARENT"})
        event.add("DTSTAMP", work.now)
        event.add("DTSTART", each.collection_date)
        if each.moved_for is not None:
            usual = f"{each.usual_date:%A} {each.usual_date.day} {each.usual_date:%B}"
            event.add("DESCRIPTION", f"Not on {usual} as usual, because of {each.moved_for}.")
        feed.add_component(event)
    return CalendarFeed(feed.to_ical())
