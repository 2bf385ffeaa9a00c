"""What people can be found by in the collection service: their bins, their round, what they reported."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import ColumnElement, func, select

from service_apis.kit.trait import Choice, Number, Traits
from service_apis.kit.work import Query, Work
from service_apis.waste import rules
from service_apis.waste.models import BulkyCollection, MissedCollection, Property, Round
from service_apis.waste.schemas import BulkyStatus, Weekday

traits = Traits()
CASES = select(MissedCollection.uprn, MissedCollection.reference)
BOOKINGS = select(BulkyCollection.uprn, BulkyCollection.reference)


def _homes(condition: ColumnElement[bool]) -> Query:
    return select(Property.uprn, Property.round).where(condition)


def _missed(work: Work, bins: int) -> Query:
    """Cases that were not withdrawn; the reference is the latest's."""
    cases = select(MissedCollection.uprn, func.max(MissedCollection.reference))
    cases = cases.where(MissedCollection.status != "withdrawn").group_by(MissedCollection.uprn)
    return cases.having(func.count() >= bins)


def _to_report(work: Work) -> Query:
    bins = rules.bins_of(work, rules.reportable_days(work), None, False).order_by(None).subquery()
    return select(bins.c.uprn, bins.c.round)


def _on_day(work: Work, day: str) -> Query:
    return _homes(Property.round.in_(select(Round.reference).where(Round.weekday == day)))


traits.known_by("missed_collection", "home", lambda work: CASES)
traits.known_by("bulky_collection", "home", lambda work: BOOKINGS)
traits.of_home(
    "missed-bins",
    "Lives where {bins} or more bins were reported as missed.",
    _missed,
    Number("bins", 1, 99, 1),
)
traits.of_home(
    "missed-bin-waiting",
    "Lives where a missed bin has still to be emptied.",
    lambda work: CASES.where(MissedCollection.status == "reported"),
)
traits.of_home("bin-to-report", "Lives where a bin was due lately and can be reported as missed.", _to_report)
traits.of_home(
    "bulky",
    "Lives where a bulky collection is {status}.",
    lambda work, status: BOOKINGS.where(BulkyCollection.status == status),
    Choice("status", get_args(BulkyStatus)),
)
traits.of_home(
    "garden-waste",
    "Lives where garden waste is collected.",
    lambda work: _homes(Property.garden_until >= work.today),
)
traits.of_home(
    "shared-bins", "Shares bins with a whole building.", lambda work: _homes(Property.shared.is_(True))
)
traits.of_home(
    "bin-day", "Lives where the bins' usual day is {day}.", _on_day, Choice("day", get_args(Weekday))
)
traits.of_resident(
    "bin-holder", "Answers for the home's bins.", lambda work: select(Property.holder_id, Property.round)
)
