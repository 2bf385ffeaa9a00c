"""What the collection service does: its calendar, missed bins and bulky collections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any, TypeVar, get_args

from sqlalchemy import ColumnElement, Date, and_, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from service_apis.kit.clock import at
from service_apis.kit.problems import Conflict, NotFound, Problem, Unprocessable
from service_apis.kit.weekly_rounds import DAY, moved, usual_day
from service_apis.kit.work import Query, Work
from service_apis.kit.working_days import add_working_days, is_working_day
from service_apis.waste.models import BulkyCollection, MissedCollection, Property, Round
from service_apis.waste.schemas import BulkySlot, CollectionEntry, ContainerEntry, StreamName

STREAMS: tuple[StreamName, ...] = get_args(StreamName)
OWN_LITRES, SHARED_LITRES = (180, 240, 23, 240), (1100, 1100, 140, 1100)
LOOK_BACK, LOOK_AHEAD = 366 * DAY, 400 * DAY
_MONDAY_OF_A_WEEK_1 = date(2020, 1, 6)
GARDEN_MONTHS = range(3, 12)
CREWS_FINISH, CREWS_RETURN, DAYS_TO_REPORT, DAYS_TO_RETURN = time(15, 0), time(14, 0), 2, 2
BULKY_BASE_PENCE, BULKY_THINGS_IN_BASE, BULKY_FURTHER_PENCE = 32_00, 3, 8_00
BULKY_DAYS_AHEAD, BULKY_LEAST_CAPACITY, BULKY_HOMES_A_BOOKING = 28, 6, 2_500
"""Assumptions, after what many English councils do: litres of a home's own containers and of a building's,
months of garden waste, crews' hours, working days to report and return, bulky charges and slots."""


class NoSuchProperty(NotFound):
    """No bins are collected from a property of that UPRN. The addresses service finds those there are."""


class NoSuchReference(NotFound):
    """There is no round, case or booking of that reference. Look for it in its list."""


class UnknownUprn(Unprocessable):
    """The UPRN is not one of the council's. The addresses service finds those that are."""


class PeriodRefused(Unprocessable):
    """The calendar reaches a year back and thirteen months ahead, and a period ends after it begins."""


class NotCollectedThere(Unprocessable):
    """The property's calendar has no collection of that kind on that day, so none was missed."""


class NotCollectedYet(Conflict):
    """A bin can be reported as missed once the crews have finished the day, at three in the afternoon."""


class TooLateToReport(Conflict):
    """A missed bin must be reported within two working days after its collection."""


class AlreadyReported(Conflict):
    """This bin was reported for this day already; ``reference`` names the case, which stands."""


class AlreadyClosed(Conflict):
    """The case or booking has ended, or the day of the booking has come, and it stays as it is."""


class SlotNotOffered(Unprocessable):
    """Bulky collections are made on working days, from tomorrow and up to four weeks ahead."""


class SlotFull(Conflict):
    """All bookings that the crew can make on that day are taken. Choose a slot with some left."""


def streams_on(day: date, weekday: str, refuse_week: int) -> list[StreamName]:
    """What a round collects on a day: on its usual one, or the one to which a holiday moved it."""
    usual = usual_day(day)
    if usual is None or f"{usual:%A}" != weekday:
        return []
    if 1 + (usual - _MONDAY_OF_A_WEEK_1).days // 7 % 2 == refuse_week:
        return ["refuse", "food"]
    return ["recycling", "food", "garden"] if usual.month in GARDEN_MONTHS else ["recycling", "food"]


def period(work: Work, start: date | None, end: date | None, days: int) -> tuple[date, date]:
    """The days asked for: today and ``days`` on where nothing is said. Raises PeriodRefused."""
    earliest, latest = work.today - LOOK_BACK, work.today + LOOK_AHEAD
    first = start or work.today
    last = end or min(first, latest - days * DAY) + days * DAY
    if not earliest <= first <= last <= latest:
        raise PeriodRefused(f"{first} to {last} is no period between {earliest} and {latest}; ask for one")
    return first, last


def calendar(work: Work, home: Property, first: date, last: date) -> list[CollectionEntry]:
    """A property's collections over a period, in order."""
    round_ = find(work, Round, home.round)
    collections = []
    for day in (first + ahead * DAY for ahead in range((last - first).days + 1)):
        usual, why = moved(day)
        for stream in streams_on(day, round_.weekday, round_.refuse_week):
            if stream != "garden" or day <= (home.garden_until or date.min):
                row = {"stream": stream, "title": f"{stream} bin".capitalize(), "collection_date": day}
                row |= {"usual_date": usual, "moved_for": why}
                collections.append(CollectionEntry.model_validate(row))
    return collections


Kind = TypeVar("Kind", Round, MissedCollection, BulkyCollection)


def find(work: Work, kind: type[Kind], reference: str) -> Kind:
    """One round, missed collection or bulky collection. Raises NoSuchReference."""
    none = NoSuchReference(f"There is no {reference} here; look for it in the list")
    return work.one(kind, reference, none)


def find_property(work: Work, uprn: str, refusal: type[Problem] = NoSuchProperty) -> Property:
    """One property. Raises NoSuchProperty, or UnknownUprn as the refusal where a body names it."""
    none = refusal(f"No bins are collected from UPRN {uprn}; the addresses service lists the properties")
    return work.one(Property, uprn, none)


def containers_of(home: Property) -> list[ContainerEntry]:
    """A property's containers, in the order of the streams."""
    kept = zip(STREAMS, SHARED_LITRES if home.shared else OWN_LITRES, strict=True)
    containers = [ContainerEntry(stream=each, litres=litres, shared=home.shared) for each, litres in kept]
    return [each for each in containers if each.stream != "garden" or home.garden_until is not None]


def reportable_days(work: Work) -> list[date]:
    """The days whose missed bins can be reported now; the working day before today is always among them."""
    recent = (work.today - back * DAY for back in range(10))
    done = [day for day in recent if at(day, CREWS_FINISH) <= work.now]
    return [day for day in done if work.today <= add_working_days(day, DAYS_TO_REPORT)]


def bins_of(
    work: Work, days: list[date], stream: str | None, missed: bool | None, uprn: str | None = None
) -> Query:
    """The bins whose turn it is on those days, latest first, by UPRN; of no day a Sunday's: none."""
    rounds = work.session.scalars(select(Round)).all()
    turns = [(day, each) for day in days or [date(2020, 1, 5)] for each in STREAMS if stream in (None, each)]
    rows = union_all(*(_bins_of(day, each, rounds) for day, each in turns)).subquery()
    case = rows.c.missed_collection
    wanted = true() if missed is None else case.is_not(None) if missed else case.is_(None)
    there = true() if uprn is None else rows.c.uprn == uprn
    latest_first = (rows.c.collection_date.desc(), rows.c.uprn, rows.c.stream)
    return select(rows).where(wanted, there).order_by(*latest_first)


def _bins_of(day: date, stream: str, rounds: Sequence[Round]) -> Query:
    due = [each.reference for each in rounds if stream in streams_on(day, each.weekday, each.refuse_week)]
    case = select(MissedCollection.reference).where(_case_of(Property.uprn, stream, day)).scalar_subquery()
    turn = literal(stream).label("stream"), literal(day, Date).label("collection_date")
    shown = (Property.uprn, Property.address, Property.round, *turn, case.label("missed_collection"))
    rows = select(*shown).where(Property.round.in_(due))
    return rows if stream != "garden" else rows.where(Property.garden_until >= day)


def _case_of(uprn: Any, stream: Any, day: date) -> ColumnElement[bool]:
    """The case of a bin that was missed on a day; a withdrawn one does not count."""
    bins = and_(MissedCollection.uprn == uprn, MissedCollection.stream == stream)
    return and_(bins, MissedCollection.collection_date == day, MissedCollection.status != "withdrawn")


def report_missed(work: Work, uprn: str, stream: str, day: date) -> MissedCollection:
    """Open a case of a bin that was not emptied, unless it cannot have been missed or is known."""
    home = find_property(work, uprn, UnknownUprn)
    if at(day, CREWS_FINISH) > work.now:
        raise NotCollectedYet(f"The crews are out until {CREWS_FINISH:%H:%M} on {day}; report it after that")
    if day not in reportable_days(work):
        raise TooLateToReport(f"Two working days have passed since {day}; wait for the next collection")
    if stream not in [each.stream for each in calendar(work, home, day, day)]:
        raise NotCollectedThere(f"No {stream} goes from UPRN {uprn} on {day}; its calendar has the days")
    known = work.session.scalar(select(MissedCollection.reference).where(_case_of(uprn, stream, day)))
    if known is not None:
        raise AlreadyReported(f"Case {known} has this {stream} bin and day; follow it", reference=known)
    reference = f"MC-{work.next_number('waste.missed_collections'):06d}"
    bin_ = {"uprn": uprn, "stream": stream}
    missed = MissedCollection(reference=reference, **bin_, collection_date=day, reported_at=work.now)
    missed.return_by = add_working_days(work.today, DAYS_TO_RETURN)
    work.session.add(missed)
    work.schedule(at(missed.return_by, CREWS_RETURN), "return_visit", reference)
    work.record("missed-collection.reported", reference, **bin_, collection_date=day.isoformat())
    return missed


def close_missed(work: Work, missed: MissedCollection, status: str) -> MissedCollection:
    """End a case as collected, not_justified or withdrawn. Raises StaleVersion or AlreadyClosed."""
    work.expect_version(missed.version, f"Missed collection {missed.reference}")
    if missed.status != "reported":
        raise AlreadyClosed(f"{missed.reference} is {missed.status.replace('_', ' ')}; report the bin anew")
    missed.status = status
    what = "withdrawn" if status == "withdrawn" else "resolved"
    work.record(f"missed-collection.{what}", missed.reference, uprn=missed.uprn, status=status)
    return missed


def charge_pence(things: int) -> int:
    """What fetching that many things costs: a base for the first few, and more for each further one."""
    return BULKY_BASE_PENCE + max(0, things - BULKY_THINGS_IN_BASE) * BULKY_FURTHER_PENCE


def capacity_for(homes: int) -> int:
    """How many bulky collections can be made in a day in a council of that many homes."""
    return max(BULKY_LEAST_CAPACITY, homes // BULKY_HOMES_A_BOOKING)


def slots(work: Work, first: date, last: date) -> list[BulkySlot]:
    """The days of a period on which bulky things are fetched and that can be booked now."""
    first, last = max(first, work.today + DAY), min(last, work.today + BULKY_DAYS_AHEAD * DAY)
    on, booked = BulkyCollection.collection_date, BulkyCollection.status == "booked"
    counts = select(on, func.count()).where(booked, on.between(first, last)).group_by(on)
    taken = {row[0]: row[1] for row in work.session.execute(counts)}
    most = capacity_for(work.session.scalar(select(func.sum(Round.homes))) or 0)
    days = filter(is_working_day, (first + ahead * DAY for ahead in range((last - first).days + 1)))
    return [BulkySlot(collection_date=day, capacity=most, free=most - taken.get(day, 0)) for day in days]


def book_bulky(work: Work, uprn: str, day: date, things: list[str]) -> BulkyCollection:
    """Book a bulky collection. Raises UnknownUprn, SlotNotOffered or SlotFull."""
    find_property(work, uprn, UnknownUprn)
    slot = next(iter(slots(work, day, day)), None)
    if slot is None:
        raise SlotNotOffered(f"Nothing is fetched on {day}; /bulky-slots has the days that can be booked")
    if slot.free < 1:
        raise SlotFull(f"The bookings of {day} are all taken; choose another day from /bulky-slots")
    reference = f"BC-{work.next_number('waste.bulky_collections'):06d}"
    booking = BulkyCollection(reference=reference, uprn=uprn, collection_date=day, booked_on=work.today)
    booking.things, booking.charge_pence = ",".join(things), charge_pence(len(things))
    work.session.add(booking)
    work.schedule(at(day, CREWS_FINISH), "bulky_visit", reference)
    work.record("bulky-collection.booked", reference, uprn=uprn, charge_pence=booking.charge_pence)
    return booking


def cancel_bulky(work: Work, booking: BulkyCollection) -> BulkyCollection:
    """Cancel a booking and give the charge back. Raises StaleVersion or AlreadyClosed."""
    work.expect_version(booking.version, f"Bulky collection {booking.reference}")
    if booking.status != "booked" or work.today >= booking.collection_date:
        raise AlreadyClosed(f"{booking.reference} is {booking.status}; cancel by the day before")
    booking.status, booking.refunded_pence = "cancelled", (refund := booking.charge_pence)
    work.record("bulky-collection.cancelled", booking.reference, uprn=booking.uprn, refunded_pence=refund)
    return booking


def open_cases(session: Session) -> int:
    """Missed collections and bulky bookings that are not finished."""
    unfinished = (MissedCollection.status == "reported", BulkyCollection.status == "booked")
    return sum(session.scalar(select(func.count()).where(each)) or 0 for each in unfinished)
