"""What people can be found by in the collection service: their bins, their round, what they reported."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import func, select

from service_apis.kit.traits import Choice, Number, Traits
from service_apis.kit.work import Query, Work
from service_apis.waste import rules
from service_apis.waste.models import BulkyCollection, MissedCollection, Property, Round
from service_apis.waste.schemas import BulkyStatus, Weekday

traits = Traits()


@traits.known_by("missed_collection", "home")
def missed_collections(work: Work) -> Query:
    """Every case of the home."""
    return select(MissedCollection.uprn, MissedCollection.reference)


@traits.known_by("bulky_collection", "home")
def bulky_collections(work: Work) -> Query:
    """Every booking of the home."""
    return select(BulkyCollection.uprn, BulkyCollection.reference)


@traits.of_home(
    "missed-bins", "Lives where {bins} or more bins were reported as missed.", Number("bins", 1, 99, 1)
)
def missed_bins(work: Work, bins: int) -> Query:
    """Cases that were not withdrawn, whatever became of them; the reference is the latest's."""
    cases = select(MissedCollection.uprn, func.max(MissedCollection.reference))
    cases = cases.where(MissedCollection.status != "withdrawn").group_by(MissedCollection.uprn)
    return cases.having(func.count() >= bins)


@traits.of_home("missed-bin-waiting", "Lives where a missed bin has still to be emptied.")
def missed_bin_waiting(work: Work) -> Query:
    """The case is open."""
    return missed_collections(work).where(MissedCollection.status == "reported")


@traits.of_home("bin-to-report", "Lives where a bin was emptied so lately that it can be reported as missed.")
def bin_to_report(work: Work) -> Query:
    """A bin of the days that are still reportable, and not reported yet."""
    bins = rules.bins_of(work, rules.reportable_days(work), None, False).order_by(None).subquery()
    return select(bins.c.uprn, bins.c.uprn)


@traits.of_home(
    "bulky", "Lives where a bulky collection is {status}.", Choice("status", get_args(BulkyStatus))
)
def bulky(work: Work, status: str) -> Query:
    """A booking of that status."""
    return bulky_collections(work).where(BulkyCollection.status == status)


@traits.of_home("garden-waste", "Lives where garden waste is collected.")
def garden_waste(work: Work) -> Query:
    """The subscription has not run out."""
    return select(Property.uprn, Property.uprn).where(Property.garden_until >= work.today)


@traits.of_home("shared-bins", "Shares bins with the rest of the building.")
def shared_bins(work: Work) -> Query:
    """As flats do."""
    return select(Property.uprn, Property.uprn).where(Property.shared)


@traits.of_home("bin-day", "Lives where the bins' usual day is {day}.", Choice("day", get_args(Weekday)))
def bin_day(work: Work, day: str) -> Query:
    """The round's weekday, before holidays move it."""
    rounds = select(Round.reference).where(Round.weekday == day)
    return select(Property.uprn, Property.round).where(Property.round.in_(rounds))


@traits.of_resident("bin-holder", "Answers for the home's bins.")
def bin_holder(work: Work) -> Query:
    """Those who are matched to the citizen index."""
    return select(Property.holder_id, Property.uprn)
