"""What people can be found by in the gazetteer: the kind of place that they live in."""

from __future__ import annotations

from sqlalchemy import select

from service_apis.addresses.models import Property
from service_apis.kit.traits import Choice, Traits
from service_apis.kit.work import Query, Work

traits = Traits()

KINDS = {
    "detached-house": "RD02",
    "semi-detached-house": "RD03",
    "terraced-house": "RD04",
    "flat": "RD06",
    "caravan": "RD01",
    "care-home": "RI01",
    "student-hall": "RI03",
    "hostel": "RI02",
}
"""Classes of the AddressBase classification scheme in which people live."""


@traits.known_by("usrn", "home")
def streets(work: Work) -> Query:
    """The street that each home is in."""
    return select(Property.uprn, Property.usrn)


@traits.of_home("lives-in", "Lives in a {kind}.", Choice("kind", tuple(KINDS)))
def lives_in(work: Work, kind: str) -> Query:
    """The gazetteer classifies the home so."""
    return select(Property.uprn, Property.uprn).where(Property.classification == KINDS[kind])


@traits.of_home("shares-building", "Lives at an address within a building, such as Flat 2.")
def shares_building(work: Work) -> Query:
    """The first line of the address names a part of a building before its number."""
    return select(Property.uprn, Property.uprn).where(Property.line.like("%, %"))
