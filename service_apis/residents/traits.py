"""What people can be found by in the citizen index: age, household, how to reach them, since when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from service_apis.kit.trait import Choice, Number, Traits
from service_apis.kit.work import Query, Work
from service_apis.residents.models import Address, Resident
from service_apis.residents.rules import ADULT, born_by

traits = Traits()
AGE, PEOPLE = Number("years", 1, 110), Number("people", 1, 20)


def everybody(work: Work) -> Query:
    """Every entry of the index. Each has an address: the outer join costs nothing if it is not shown."""
    name = (Resident.forename + " " + Resident.surname).label("name")
    rows = select(Resident.id.label("resident"), Resident.uprn, name, Resident.born, Address.address)
    return rows.outerjoin(Address, Address.uprn == Resident.uprn)


def _those(condition: ColumnElement[bool]) -> Query:
    return select(Resident.id, Resident.id).where(condition)


def _households(condition: ColumnElement[bool]) -> Query:
    """The members of those households whose number of members fits."""
    counted = select(Resident.household).where(Resident.household.is_not(None))
    fitting = counted.group_by(Resident.household).having(condition)
    return select(Resident.id, Resident.household).where(Resident.household.in_(fitting))


def _with_another(condition: ColumnElement[bool], other: Any) -> Query:
    """Those who share a household with somebody else who fits; the reference is the other's id."""
    together = (Resident.household == other.household) & (Resident.id != other.id)
    return select(Resident.id, other.id).join(other, together).where(condition)


def _with_child(work: Work, years: int) -> Query:
    """An adult in a household with a child; the index does not say whose it is."""
    child, grown = aliased(Resident), Resident.born <= born_by(work.today, ADULT)
    return _with_another(grown & (child.born > born_by(work.today, years)), child)


def _with_elder(work: Work, years: int) -> Query:
    other = aliased(Resident)
    return _with_another(other.born <= born_by(work.today, years), other)


traits.people = everybody
traits.known_by(
    "household",
    "resident",
    lambda work: select(Resident.id, Resident.household).where(Resident.household.is_not(None)),
)
traits.of_resident(
    "over",
    "Has turned {years}.",
    lambda work, years: _those(Resident.born <= born_by(work.today, years)),
    AGE,
)
traits.of_resident(
    "under",
    "Has not turned {years}.",
    lambda work, years: _those(Resident.born > born_by(work.today, years)),
    AGE,
)
traits.of_resident(
    "sex",
    "Is entered as of sex {sex}.",
    lambda work, sex: _those(Resident.sex == sex[0].upper()),
    Choice("sex", ("female", "male")),
)
traits.of_resident(
    "lives-alone", "Is the only one of the household.", lambda work: _households(func.count() == 1)
)
traits.of_resident(
    "household-of",
    "Lives in a household of {people}.",
    lambda work, people: _households(func.count() == people),
    PEOPLE,
)
traits.of_resident(
    "large-household",
    "Lives in a household of {people} or more.",
    lambda work, people: _households(func.count() >= people),
    Number("people", 2, 20, 5),
)
traits.of_resident(
    "with-child-under",
    "Is an adult who lives with a child under {years}.",
    _with_child,
    Number("years", 1, 18, 18),
)
traits.of_resident("with-somebody-over", "Lives with somebody else who has turned {years}.", _with_elder, AGE)
traits.of_resident(
    "no-household",
    "Has no household in the index, as in a care home.",
    lambda work: _those(Resident.household.is_(None)),
)
traits.of_resident("no-email", "Has given no e-mail address.", lambda work: _those(Resident.email.is_(None)))
traits.of_resident(
    "no-telephone", "Has given no telephone number.", lambda work: _those(Resident.mobile.is_(None))
)
traits.of_resident(
    "moved-in-within",
    "Moved in within the last {days} days.",
    lambda work, days: _those(Resident.moved_in >= work.today - timedelta(days)),
    Number("days", 1, 3660, 365),
)
