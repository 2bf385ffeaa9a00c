"""What people can be found by in the collection service: their bins, their round, what they reported."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import func, select

from service_apis.kit.trait import Choice, Number, Traits
from service_apis.kit.work import Query, Work
from service_apis.waste import rules
from service_apis.waste.models import BulkyCollection, MissedCollection, Property, Round
from service_apis.waste.schemas import BulkyStatus, Weekday

traits = Traits()
home = traits.of_home
BINS, STATUS = Number("bins", 1, 99, 1), Choice("status", get_args(BulkyStatus))
HOMES = select(Property.uprn, Property.round)
BOOKINGS = select(BulkyCollection.uprn, BulkyCollection.reference)
CASES = select(MissedCollection.uprn, MissedCollection.reference)
WAITING = CASES.where(MissedCollection.status == "reported")


def _missed(work: Work, bins: int) -> Query:
    """Cases that were not withdrawn; the reference is the latest's."""
    cases = select(MissedCollection.uprn, func.max(MissedCollection.reference))
    cases = cases.where(MissedCollection.status != "withdrawn").group_by(MissedCollection.uprn)
    return cases.having(func.count() >= bins)


def _to_report(work: Work) -> Query:
    bins = rules.bins_of(work, rules.reportable_days(work), None, False).order_by(None).subquery()
    return select(bins.c.uprn, bins.c.round)


def _on_day(work: Work, day: str) -> Query:
    return HOMES.where(Property.round.in_(select(Round.reference).where(Round.weekday == day)))


def _booked(work: Work, status: str) -> Query:
    return BOOKINGS.where(BulkyCollection.status == status)


def _garden(work: Work) -> Query:
    return HOMES.where(Property.garden_until >= work.today)


traits.known_by("missed_collection", "home", CASES)
traits.known_by("bulky_collection", "home", BOOKINGS)
traits.of_resident("bin-holder", "Answers for the home's bins.", select(Property.holder_id, Property.round))
home("missed-bins", "Lives where {bins} or more bins were reported as missed.", _missed, BINS)
home("missed-bin-waiting", "Lives where a missed bin has still to be emptied.", WAITING)
home("bin-to-report", "Lives where a bin was due lately and can be reported as missed.", _to_report)
home("bulky", "Lives where a bulky collection is {status}.", _booked, STATUS)
home("garden-waste", "Lives where garden waste is collected.", _garden)
home("shared-bins", "Shares bins with a whole building.", HOMES.where(Property.shared.is_(True)))
home("bin-day", "Lives where the bins' usual day is {day}.", _on_day, Choice("day", get_args(Weekday)))
