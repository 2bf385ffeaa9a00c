"""What the collection service does: its calendar, missed bins and bulky collections."""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Date, Select, and_, func, literal, or_, select, true, union_all
from sqlalchemy.orm import Session

from service_apis.kit.clock import at
from service_apis.kit.problems import Conflict, NotFound, Unprocessable
from service_apis.kit.work import Query, Work
from service_apis.kit.working_days import add_working_days, bank_holidays, is_bank_holiday, is_working_day
from service_apis.waste.models import BulkyCollection, Container, MissedCollection, Property, Round
from service_apis.waste.schemas import CollectionEntry

DAY = timedelta(days=1)
TITLES = {
    "refuse": "Refuse bin",
    "recycling": "Recycling bin",
    "food": "Food waste caddy",
    "garden": "Garden waste bin",
}
LOOK_BACK, LOOK_AHEAD = 366 * DAY, 400 * DAY
_MONDAY_OF_A_WEEK_1 = date(2020, 1, 6)

GARDEN_MONTHS = range(3, 12)
CREWS_FINISH, CREWS_RETURN = time(15, 0), time(14, 0)
DAYS_TO_REPORT, DAYS_TO_RETURN = 2, 2
NOT_JUSTIFIED_ONE_IN = 10
BULKY_BASE_PENCE, BULKY_THINGS_IN_BASE, BULKY_FURTHER_PENCE = 32_00, 3, 8_00
BULKY_DAYS_AHEAD, BULKY_LEAST_CAPACITY, BULKY_HOMES_A_BOOKING = 28, 6, 2_500
"""Assumptions, after what many English councils do: when garden waste goes and crews are out, working
days to report and to return, returns that find the bin not out or wrongly filled, charges and slots."""


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
    """The case or booking has ended and stays as it is."""


class SlotNotOffered(Unprocessable):
    """Bulky collections are made on working days, from tomorrow and up to four weeks ahead."""


class SlotFull(Conflict):
    """All bookings that the crew can make on that day are taken. Choose a slot with some left."""


class TooLateToCancel(Conflict):
    """A bulky collection can be cancelled until the day before it."""


@cache
def collection_days(year: int) -> dict[date, date]:
    """The day on which each weekday's rounds of one year are done.

    The rule: rounds are done in their order, one weekday's rounds a day, never on a Sunday or a bank
    holiday, and on a Saturday only to catch up. So a Monday holiday makes that whole week a day late,
    Good Friday's rounds go on the Saturday, and what Christmas leaves behind is worked off in January.
    """
    due, done = date(year - 1, 12, 1), date(year - 1, 11, 30)
    days: dict[date, date] = {}
    while due.year <= year:
        if due.weekday() < 5:
            done = max(due, done + DAY)
            while done.weekday() == 6 or is_bank_holiday(done):
                done += DAY
            days[due] = done
        due += DAY
    return days


def usual_day(day: date) -> date | None:
    """The weekday whose rounds are done on a day, or None if no crew is out."""
    recent = (day - back * DAY for back in range(8))
    return next((each for each in recent if collection_days(each.year).get(each) == day), None)


def streams_due(refuse_week: int, usual: date) -> list[str]:
    """The streams that a round collects on its usual day: food each week, refuse and the rest in turn."""
    if 1 + (usual - _MONDAY_OF_A_WEEK_1).days // 7 % 2 == refuse_week:
        return ["refuse", "food"]
    return ["recycling", "food", "garden"] if usual.month in GARDEN_MONTHS else ["recycling", "food"]


def _holiday_behind(usual: date, day: date) -> str | None:
    before = (day - back * DAY for back in range(14 if day > usual else 0))
    return next((bank_holidays(each.year)[each] for each in before if is_bank_holiday(each)), None)


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
    paid = {each.stream: each.paid_until or last for each in containers_of(work, home.uprn)}
    collections = []
    for ahead in range(-7, (last - first).days + 1):
        usual = first + ahead * DAY
        if usual.weekday() != round_.weekday:
            continue
        day = collection_days(usual.year)[usual]
        for stream in streams_due(round_.refuse_week, usual):
            if first <= day <= last and stream in paid and day <= paid[stream]:
                collections.append(
                    CollectionEntry(
                        stream=stream,  # type: ignore[arg-type]
                        title=TITLES[stream],
                        collection_date=day,
                        usual_date=usual,
                        moved_for=_holiday_behind(usual, day),
                    )
                )
    return collections


Kind = TypeVar("Kind", Round, MissedCollection, BulkyCollection)


def find(work: Work, kind: type[Kind], reference: str) -> Kind:
    """One round, missed collection or bulky collection. Raises NoSuchReference."""
    found = work.session.get(kind, reference)
    if found is None:
        raise NoSuchReference(f"There is no {reference} here; look for it in the list")
    return found


def find_all(kind: type[Kind], **wanted: object) -> Query:
    """Those of one kind whose columns have the values wanted (None: any), by reference."""
    table = kind.__table__
    asked = [table.c[name] == value for name, value in wanted.items() if value is not None]
    return select(table).where(*asked).order_by(table.c.reference)


def find_property(
    work: Work, uprn: str, refusal: type[NotFound | Unprocessable] = NoSuchProperty
) -> Property:
    """One property. Raises NoSuchProperty, or UnknownUprn as the refusal where a body names it."""
    home = work.session.get(Property, uprn)
    if home is None:
        raise refusal(f"No bins are collected from UPRN {uprn}; the addresses service lists the properties")
    return home


def containers_of(work: Work, uprn: str) -> list[Container]:
    """A property's containers, in the order of the streams."""
    found = work.session.scalars(select(Container).where(Container.uprn == uprn))
    return sorted(found, key=lambda each: list(TITLES).index(each.stream))


def reportable_days(work: Work) -> list[date]:
    """The days whose missed bins can be reported now; the working day before today is always among them."""
    recent = (work.today - back * DAY for back in range(10))
    return [day for day in recent if _may_be_reported(work, day)]


def _may_be_reported(work: Work, day: date) -> bool:
    return at(day, CREWS_FINISH) <= work.now and work.today <= add_working_days(day, DAYS_TO_REPORT)


def bins_of(days: list[date], stream: str | None, missed: bool | None) -> Query:
    """The bins whose turn it is on those days, the latest day first, by UPRN."""
    rows = union_all(*(_bins_of(day, week, stream) for day in days for week in (1, 2))).subquery()
    case = rows.c.missed_collection
    wanted = true() if missed is None else case.is_not(None) if missed else case.is_(None)
    return select(rows).where(wanted).order_by(rows.c.collection_date.desc(), rows.c.uprn, rows.c.stream)


def _bins_of(day: date, refuse_week: int, stream: str | None) -> Select[*tuple[Any, ...]]:
    usual = usual_day(day)
    due = streams_due(refuse_week, usual) if usual else []
    shown = (Property.uprn, Property.address, Property.round, Container.stream)
    case = MissedCollection.reference.label("missed_collection")
    return (
        select(*shown, literal(day, Date).label("collection_date"), case)
        .join(Round, Round.reference == Property.round)
        .join(Container, Container.uprn == Property.uprn)
        .outerjoin(MissedCollection, _case_of(Container.uprn, Container.stream, day))
        .where(Round.weekday == (usual or day).weekday(), Round.refuse_week == refuse_week)
        .where(Container.stream.in_([each for each in due if stream in (None, each)]))
        .where(or_(Container.paid_until.is_(None), Container.paid_until >= day))
    )


def _case_of(uprn: Any, stream: Any, day: date) -> ColumnElement[bool]:
    """The case of a bin that was missed on a day; a withdrawn one does not count."""
    bins = and_(MissedCollection.uprn == uprn, MissedCollection.stream == stream)
    return and_(bins, MissedCollection.collection_date == day, MissedCollection.status != "withdrawn")


def report_missed(work: Work, uprn: str, stream: str, day: date) -> MissedCollection:
    """Open a case of a bin that was not emptied.

    Raises UnknownUprn, NotCollectedThere, NotCollectedYet, TooLateToReport or AlreadyReported.
    """
    _refuse_impossible(work, find_property(work, uprn, UnknownUprn), stream, day)
    known = work.session.scalar(select(MissedCollection.reference).where(_case_of(uprn, stream, day)))
    if known is not None:
        what = f"The {stream} collection of {day} at UPRN {uprn}"
        raise AlreadyReported(f"{what} is case {known} already; follow that one", reference=known)
    return_by = add_working_days(work.today, DAYS_TO_RETURN)
    same_day = select(MissedCollection.reference).where(MissedCollection.return_by == return_by)
    if work.session.scalar(same_day.limit(1)) is None:
        work.schedule(at(return_by, CREWS_RETURN), "return_visits", return_by.isoformat())
    facts = {"uprn": uprn, "stream": stream}
    missed = MissedCollection(
        reference=f"MC-{work.next_number('waste.missed_collections'):06d}",
        **facts,
        collection_date=day,
        reported_at=work.now,
        return_by=return_by,
        status="reported",
    )
    work.session.add(missed)
    work.record("missed-collection.reported", missed.reference, **facts, collection_date=day.isoformat())
    return missed


def _refuse_impossible(work: Work, home: Property, stream: str, day: date) -> None:
    within = work.today - LOOK_BACK < day < work.today + LOOK_AHEAD
    if within and not any(each.stream == stream for each in calendar(work, home, day, day)):
        raise NotCollectedThere(f"No {stream} goes from UPRN {home.uprn} on {day}; its calendar has the days")
    if day > work.today or (day == work.today and work.now < at(day, CREWS_FINISH)):
        raise NotCollectedYet(f"The crews are out until {CREWS_FINISH:%H:%M} on {day}; report it after that")
    if not within or not _may_be_reported(work, day):
        raise TooLateToReport(f"Two working days have passed since {day}; wait for the next collection")


def close_missed(work: Work, missed: MissedCollection, status: str) -> MissedCollection:
    """End a case as collected, not_justified or withdrawn. Raises StaleVersion or AlreadyClosed."""
    work.expect_version(missed.version, f"Missed collection {missed.reference}")
    if missed.status != "reported":
        raise AlreadyClosed(f"{missed.reference} is {missed.status.replace('_', ' ')}; report the bin anew")
    missed.status = status
    what = "withdrawn" if status == "withdrawn" else "resolved"
    work.record(f"missed-collection.{what}", missed.reference, uprn=missed.uprn, status=status)
    return missed


def finding_on_return(reference: str) -> str:
    """What a crew finds. It follows from the case's number, so that a council played again ends alike."""
    number = int(reference.rpartition("-")[2])
    return "collected" if number % NOT_JUSTIFIED_ONE_IN else "not_justified"


def charge_pence(things: int) -> int:
    """What fetching that many things costs: a base for the first few, and more for each further one."""
    return BULKY_BASE_PENCE + max(0, things - BULKY_THINGS_IN_BASE) * BULKY_FURTHER_PENCE


def capacity_for(homes: int) -> int:
    """How many bulky collections can be made in a day in a council of that many homes."""
    return max(BULKY_LEAST_CAPACITY, homes // BULKY_HOMES_A_BOOKING)


def slots(work: Work, first: date, last: date) -> list[tuple[date, int, int]]:
    """The days of a period that are offered now, each with its capacity and what is left of it."""
    first, last = max(first, work.today + DAY), min(last, work.today + BULKY_DAYS_AHEAD * DAY)
    day, booked = BulkyCollection.collection_date, BulkyCollection.status == "booked"
    counts = select(day, func.count()).where(booked, day.between(first, last)).group_by(day)
    taken = dict(work.session.execute(counts).tuples().all())
    capacity = capacity_for(work.session.scalar(select(func.sum(Round.homes))) or 0)
    days = (first + ahead * DAY for ahead in range((last - first).days + 1))
    return [(each, capacity, capacity - taken.get(each, 0)) for each in days if is_working_day(each)]


def book_bulky(work: Work, uprn: str, day: date, things: list[str]) -> BulkyCollection:
    """Book a bulky collection. Raises UnknownUprn, SlotNotOffered or SlotFull."""
    find_property(work, uprn, UnknownUprn)
    slot = next(iter(slots(work, day, day)), None)
    if slot is None:
        raise SlotNotOffered(f"Nothing is fetched on {day}; /bulky-slots has the days that can be booked")
    if slot[2] < 1:
        raise SlotFull(f"All {slot[1]} bookings of {day} are taken; choose another day from /bulky-slots")
    same_day = select(BulkyCollection.reference).where(BulkyCollection.collection_date == day)
    if work.session.scalar(same_day.limit(1)) is None:
        work.schedule(at(day, CREWS_FINISH), "bulky_round", day.isoformat())
    booking = BulkyCollection(
        reference=f"BC-{work.next_number('waste.bulky_collections'):06d}",
        uprn=uprn,
        collection_date=day,
        things=",".join(things),
        charge_pence=charge_pence(len(things)),
        booked_on=work.today,
        status="booked",
    )
    work.session.add(booking)
    work.record("bulky-collection.booked", booking.reference, uprn=uprn, charge_pence=booking.charge_pence)
    return booking


def cancel_bulky(work: Work, booking: BulkyCollection) -> BulkyCollection:
    """Cancel a booking and give the charge back. Raises StaleVersion, AlreadyClosed or TooLateToCancel."""
    work.expect_version(booking.version, f"Bulky collection {booking.reference}")
    if booking.status != "booked":
        raise AlreadyClosed(f"{booking.reference} is {booking.status} and stays so; book another one")
    if work.today >= booking.collection_date:
        raise TooLateToCancel(f"{booking.reference} is fetched today; it could be cancelled until yesterday")
    booking.status, booking.refunded_pence = "cancelled", booking.charge_pence
    refund = booking.refunded_pence
    work.record("bulky-collection.cancelled", booking.reference, uprn=booking.uprn, refunded_pence=refund)
    return booking


def open_cases(session: Session) -> int:
    """Missed collections and bulky bookings that are not finished."""
    missed = select(func.count()).where(MissedCollection.status == "reported")
    booked = select(func.count()).where(BulkyCollection.status == "booked")
    return (session.scalar(missed) or 0) + (session.scalar(booked) or 0)
