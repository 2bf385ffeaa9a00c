"""What people can be found by in the citizen index: age, household, how to reach them, since when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from service_apis.kit.traits import Choice, Number, Traits
from service_apis.kit.work import Query, Work
from service_apis.residents.models import Address, Resident
from service_apis.residents.rules import ADULT, born_by

traits = Traits()
AGE = Number("years", 1, 110)


@traits.everybody
def everybody(work: Work) -> Query:
    """Every entry of the index. Each has an address; the outer join can be left out where none is asked for."""
    name = (Resident.forename + " " + Resident.surname).label("name")
    rows = select(Resident.id.label("resident"), Resident.uprn, name, Resident.born, Address.address)
    return rows.outerjoin(Address, Address.uprn == Resident.uprn)


@traits.known_by("household", "resident")
def households(work: Work) -> Query:
    """The household that each is entered in."""
    return _those(Resident.household.is_not(None), Resident.household)


def _those(condition: ColumnElement[bool], reference: Any = Resident.id) -> Query:
    return select(Resident.id, reference).where(condition)


@traits.of_resident("over", "Has turned {years}.", AGE)
def over(work: Work, years: int) -> Query:
    """Their birthday of so many years has come."""
    return _those(Resident.born <= born_by(work.today, years))


@traits.of_resident("under", "Has not turned {years}.", AGE)
def under(work: Work, years: int) -> Query:
    """Their birthday of so many years is still to come."""
    return _those(Resident.born > born_by(work.today, years))


@traits.of_resident("sex", "Is entered as of sex {sex}.", Choice("sex", ("female", "male")))
def sex(work: Work, sex: str) -> Query:
    """What the index says."""
    return _those(Resident.sex == sex[0].upper())


def _households(condition: ColumnElement[bool]) -> Query:
    """The members of those households whose number of members fits."""
    counted = select(Resident.household).where(Resident.household.is_not(None))
    fitting = counted.group_by(Resident.household).having(condition)
    return _those(Resident.household.in_(fitting), Resident.household)


@traits.of_resident("lives-alone", "Is the only one of the household.")
def lives_alone(work: Work) -> Query:
    """A household of one."""
    return _households(func.count() == 1)


@traits.of_resident("household-of", "Lives in a household of {people}.", Number("people", 1, 20))
def household_of(work: Work, people: int) -> Query:
    """A household of just so many."""
    return _households(func.count() == people)


@traits.of_resident(
    "large-household", "Lives in a household of {people} or more.", Number("people", 2, 20, 5)
)
def large_household(work: Work, people: int) -> Query:
    """A household of so many or more."""
    return _households(func.count() >= people)


def _shared_with(work: Work, condition: ColumnElement[bool], other: Any) -> Query:
    """Those who share a household with somebody else who fits; the reference is the other's id."""
    together = (Resident.household == other.household) & (Resident.id != other.id)
    return select(Resident.id, other.id).join(other, together).where(condition)


@traits.of_resident(
    "with-child-under", "Is an adult who lives with a child under {years}.", Number("years", 1, 18, 18)
)
def with_child_under(work: Work, years: int) -> Query:
    """Somebody grown up in a household with a child; the index does not say whose it is."""
    child, grown = aliased(Resident), Resident.born <= born_by(work.today, ADULT)
    return _shared_with(work, grown & (child.born > born_by(work.today, years)), child)


@traits.of_resident("with-somebody-over", "Lives with somebody else who has turned {years}.", AGE)
def with_somebody_over(work: Work, years: int) -> Query:
    """Another member of the household is so old."""
    other = aliased(Resident)
    return _shared_with(work, other.born <= born_by(work.today, years), other)


@traits.of_resident("no-household", "Has no household in the index, as in a care home.")
def no_household(work: Work) -> Query:
    """In a communal establishment, or entered without saying with whom they live."""
    return _those(Resident.household.is_(None))


@traits.of_resident("no-email", "Has given no e-mail address.")
def no_email(work: Work) -> Query:
    """None is known."""
    return _those(Resident.email.is_(None))


@traits.of_resident("no-telephone", "Has given no telephone number.")
def no_telephone(work: Work) -> Query:
    """None is known."""
    return _those(Resident.mobile.is_(None))


@traits.of_resident("moved-in-within", "Moved in within the last {days} days.", Number("days", 1, 3660, 365))
def moved_in_within(work: Work, days: int) -> Query:
    """Known to have lived there since a day not longer ago."""
    since: date = work.today - timedelta(days)
    return _those(Resident.moved_in >= since)
