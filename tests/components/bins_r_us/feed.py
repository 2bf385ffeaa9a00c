"""A home's collections as a calendar feed (RFC 5545)."""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Calendar, Event
from jobs import Row


def calendar_feed(home: Row, collections: list[Row], now: datetime) -> bytes:
    """An all-day event for each bin, on the day on which it is really emptied; its UID goes by the usual day.

    There is no recurrence: several calendar programs ignore the exceptions to one.
    """
    feed = Calendar({"PRODID": "-//Bins R Us//Collections//EN", "VERSION": "2.0"})
    feed.add("X-WR-CALNAME", f"Bins at {home['address']}")
    feed.add("REFRESH-INTERVAL", timedelta(days=1), parameters={"VALUE": "DURATION"})
    for each in collections:
        usual = each["usual_date"]
        uid = f"{home['uprn']}-{each['stream']}-{usual:%Y%m%d}@bins-r-us.example"
        event = Event({"UID": uid, "SUMMARY": each["title"], "TRANSP": "TRANSPARENT"})
        event.add("DTSTAMP", now)
        event.add("DTSTART", each["collection_date"])
        if each["moved_for"]:
            was = f"{usual:%A} {usual.day} {usual:%B}"
            event.add("DESCRIPTION", f"Not on {was} as usual, because of {each['moved_for']}.")
        feed.add_component(event)
    return feed.to_ical()
