"""A property's collections as a calendar feed."""

from __future__ import annotations

from service_apis.kit.calendar_feeds import CalendarFeed, DayEvent, calendar_feed
from service_apis.kit.work import Work
from service_apis.waste.schemas import CollectionEntry, PropertyCalendar


def bin_calendar(work: Work, calendar: PropertyCalendar) -> CalendarFeed:
    """One event for each bin, on the day on which it is really emptied; its UID goes by the usual day."""
    events = (_event(calendar.uprn, each) for each in calendar.collections)
    return calendar_feed(f"Bins at {calendar.address}", "Waste", work.now, events)


def _event(uprn: str, each: CollectionEntry) -> DayEvent:
    why, usual = None, each.usual_date
    if each.moved_for is not None:
        why = f"Not on {usual:%A} {usual.day} {usual:%B} as usual, because of {each.moved_for}."
    uid = f"{uprn}-{each.stream}-{usual:%Y%m%d}@virtual-council.example"
    return DayEvent(uid, each.title, each.collection_date, why)
