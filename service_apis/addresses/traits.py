"""What people can be found by in the gazetteer: the kind of place that they live in."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from service_apis.addresses.models import Property
from service_apis.kit.trait import Choice, Traits
from service_apis.kit.work import Query

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


def _homes(condition: ColumnElement[bool]) -> Query:
    return select(Property.uprn, Property.usrn).where(condition)


traits.known_by("usrn", "home", lambda work: select(Property.uprn, Property.usrn))
traits.of_home(
    "lives-in",
    "Lives in a {kind}.",
    lambda work, kind: _homes(Property.classification == KINDS[kind]),
    Choice("kind", tuple(KINDS)),
)
traits.of_home(
    "shares-building",
    "Lives at an address within a building, such as Flat 2.",
    lambda work: _homes(Property.line.like("%, %")),
)
