"""The collection service over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from service_apis.kit.calendar_feeds import CalendarFeed
from service_apis.kit.lists import Listing
from service_apis.kit.routes import AskedPage, Routes
from service_apis.kit.schemas import Day, Reference, Uprn
from service_apis.kit.weekly_rounds import DAY
from service_apis.kit.work import Work, all_of
from service_apis.waste import rules
from service_apis.waste import schemas as shapes
from service_apis.waste.models import BulkyCollection, MissedCollection, Round
from service_apis.waste.pages import bin_calendar

routes = Routes("waste")

From = Annotated[Day | None, Query(alias="from", description="The first day; today if not given.")]
To = Annotated[Day | None, Query(alias="to", description="The last day.")]
AnyUprn = Annotated[Uprn | None, Query()]
AnyStream = Annotated[shapes.StreamName | None, Query()]
AnyMissed = Annotated[shapes.MissedStatus | None, Query()]
AnyBulky = Annotated[shapes.BulkyStatus | None, Query()]
AnyDay = Annotated[Day | None, Query(description="A day of collection.")]
Missed = Annotated[bool | None, Query(description="Only those reported as missed, or only the others.")]
Reportable = Annotated[bool, Query(description="All days whose missed bins can be reported now, not one.")]
DAYS_SHOWN, FEED_DAYS_BACK, FEED_DAYS_AHEAD = 56, 28, 380


@routes.get("/rounds")
def list_rounds(work: Work, page: AskedPage) -> Listing[shapes.RoundEntry]:
    """The rounds: which day and which weeks each is on, and how many homes it serves."""
    return work.list(shapes.RoundEntry, all_of(Round), page)


@routes.get("/rounds/{reference}", problems=(rules.NoSuchReference,))
def show_round(work: Work, reference: Reference) -> shapes.RoundEntry:
    """One round."""
    return work.show(shapes.RoundEntry, rules.find(work, Round, reference))


@routes.get("/properties/{uprn}", problems=(rules.NoSuchProperty,))
def show_property(work: Work, uprn: Uprn) -> shapes.PropertyEntry:
    """One property: its round, its containers and who holds them."""
    home = rules.find_property(work, uprn)
    return shapes.PropertyEntry(
        uprn=uprn,
        address=home.address,
        round=work.show(shapes.RoundEntry, rules.find(work, Round, home.round)),
        holder_id=home.holder_id,
        holder_name=home.holder_name,
        containers=rules.containers_of(home),
        garden_until=home.garden_until,
        calendar_url=f"{work.base_url}/properties/{uprn}/calendar.ics",
    )


@routes.get("/properties/{uprn}/collections", problems=(rules.NoSuchProperty, rules.PeriodRefused))
def show_collections(work: Work, uprn: Uprn, start: From = None, end: To = None) -> shapes.PropertyCalendar:
    """A property's collection calendar: eight weeks from today, or the period asked for."""
    home = rules.find_property(work, uprn)
    first, last = rules.period(work, start, end, DAYS_SHOWN)
    collections = rules.calendar(work, home, first, last)
    return shapes.PropertyCalendar(uprn=uprn, address=home.address, collections=collections)


@routes.get("/properties/{uprn}/calendar.ics", key_in_address=True, problems=(rules.NoSuchProperty,))
def subscribe_to_calendar(work: Work, uprn: Uprn) -> CalendarFeed:
    """The calendar as an iCalendar feed: the last four weeks and the year ahead.

    Calendar programs send no header, so the key may come as `?key=`; use one that may only `waste:read`.
    """
    first, last = work.today - FEED_DAYS_BACK * DAY, work.today + FEED_DAYS_AHEAD * DAY
    return bin_calendar(work, show_collections(work, uprn, first, last))


@routes.get("/collections", problems=(rules.PeriodRefused,))
def list_collections(
    work: Work,
    page: AskedPage,
    on: AnyDay = None,
    uprn: AnyUprn = None,
    stream: AnyStream = None,
    missed: Missed = None,
    reportable: Reportable = False,
) -> Listing[shapes.BinOfTheDay]:
    """The bins whose turn it is on a day (today if none is given), or was on the days still reportable."""
    days = [rules.period(work, on, None, 0)[0]]
    if reportable:
        days = [day for day in rules.reportable_days(work) if on in (None, day)]
    return work.list(shapes.BinOfTheDay, rules.bins_of(work, days, stream, missed, uprn), page)


@routes.get("/missed-collections")
def list_missed_collections(
    work: Work, page: AskedPage, uprn: AnyUprn = None, status: AnyMissed = None
) -> Listing[shapes.MissedEntry]:
    """Missed bins by property and status."""
    return work.list(shapes.MissedEntry, all_of(MissedCollection, uprn=uprn, status=status), page)


_REFUSALS = (rules.UnknownUprn, rules.NotCollectedThere, rules.NotCollectedYet, rules.TooLateToReport)
_CHANGES = (rules.NoSuchReference, rules.AlreadyClosed)


@routes.post("/missed-collections", problems=(*_REFUSALS, rules.AlreadyReported))
def report_missed_collection(work: Work, body: shapes.MissedReport) -> shapes.MissedEntry:
    """Report that a bin was not emptied: after the crews finish at 15:00, and within two working days."""
    missed = rules.report_missed(work, body.uprn, body.stream, body.collection_date)
    return work.show(shapes.MissedEntry, missed)


@routes.get("/missed-collections/{reference}", problems=(rules.NoSuchReference,))
def show_missed_collection(work: Work, reference: Reference) -> shapes.MissedEntry:
    """One missed bin's case."""
    return work.show(shapes.MissedEntry, rules.find(work, MissedCollection, reference))


@routes.patch("/missed-collections/{reference}", problems=_CHANGES)
def close_missed_collection(work: Work, reference: Reference, body: shapes.Outcome) -> shapes.MissedEntry:
    """End a case: the crew has been there, or the reporter takes the report back."""
    missed = rules.find(work, MissedCollection, reference)
    return work.show(shapes.MissedEntry, rules.close_missed(work, missed, body.status))


@routes.get("/bulky-slots", problems=(rules.PeriodRefused,))
def list_bulky_slots(work: Work, start: From = None, end: To = None) -> shapes.BulkySlotList:
    """The days on which large things can be fetched: working days from tomorrow, up to four weeks ahead."""
    first, last = rules.period(work, start, end, rules.BULKY_DAYS_AHEAD)
    return shapes.BulkySlotList(items=rules.slots(work, first, last))


@routes.get("/bulky-collections")
def list_bulky_collections(
    work: Work, page: AskedPage, uprn: AnyUprn = None, status: AnyBulky = None
) -> Listing[shapes.BulkyEntry]:
    """Bulky collections by property and status."""
    return work.list(shapes.BulkyEntry, all_of(BulkyCollection, uprn=uprn, status=status), page)


@routes.post("/bulky-collections", problems=(rules.UnknownUprn, rules.SlotNotOffered, rules.SlotFull))
def book_bulky_collection(work: Work, body: shapes.BulkyBooking) -> shapes.BulkyEntry:
    """Book large things to be fetched on a day, for a charge that goes by their number."""
    booking = rules.book_bulky(work, body.uprn, body.collection_date, list(body.things))
    return work.show(shapes.BulkyEntry, booking)


@routes.get("/bulky-collections/{reference}", problems=(rules.NoSuchReference,))
def show_bulky_collection(work: Work, reference: Reference) -> shapes.BulkyEntry:
    """One bulky collection."""
    return work.show(shapes.BulkyEntry, rules.find(work, BulkyCollection, reference))


@routes.post("/bulky-collections/{reference}/cancellation", status=200, changes=True, problems=_CHANGES)
def cancel_bulky_collection(work: Work, reference: Reference) -> shapes.BulkyEntry:
    """Cancel a bulky collection before its day; the charge is given back."""
    booking = rules.find(work, BulkyCollection, reference)
    return work.show(shapes.BulkyEntry, rules.cancel_bulky(work, booking))
