"""Premises, schools, polling places and businesses: the town's tables of places where nobody lives.

They follow the rules of :mod:`synthetic_data.town`: columns of one length, rows that point by number.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from synthetic_data.assumptions_of_places import PREMISES
from synthetic_data.assumptions_of_trades import TRADES as _TRADES

if TYPE_CHECKING:
    from synthetic_data.town import Dates, Flags, Integers, Reals, Text

PREMISES_KINDS = tuple(kind.name for kind in PREMISES)
"""What premises are: "shop", "town_hall", "primary_school", ..."""

SCHOOL_PHASES = ("primary", "secondary")
"""Primary schools have the seven years from reception on, secondary ones the five after and a sixth form."""

TRADES = tuple(trade.name for trade in _TRADES)
"""What businesses do: "convenience_store", "solicitor", ..."""

SIC_DIVISIONS = tuple(trade.division for trade in _TRADES)
"""The division of SIC 2007 of each of TRADES, as its two digits."""


@dataclass(frozen=True, slots=True)
class Premises:
    """Addressable places where nobody lives.

    Identifiers, address and place are those of :class:`~synthetic_data.town.Properties`, and no UPRN
    or address is in both. ``kind`` indexes PREMISES_KINDS. ``name`` is on the door ("Alder & Finch
    Hardware", "Larkgate Library"); None where premises of a business are vacant. ``floor_area`` is in
    square metres and ``rateable_value`` in whole pounds a year, both 0 where there is none.
    """

    uprn: Integers
    street: Integers
    number: Integers
    line: Text
    postcode: Text
    easting: Integers
    northing: Integers
    latitude: Reals
    longitude: Reals
    kind: Integers
    name: Text
    floor_area: Integers
    rateable_value: Integers


@dataclass(frozen=True, slots=True)
class Schools:
    """State-funded schools. ``premises`` is a row of :class:`Premises`, ``phase`` indexes SCHOOL_PHASES,
    ``places`` is its capacity and ``pupils`` how many residents go there, never more."""

    premises: Integers
    phase: Integers
    places: Integers
    pupils: Integers


@dataclass(frozen=True, slots=True)
class PollingPlaces:
    """Where people vote. ``code`` names the polling district ("AA"), ``ward`` is a row of the wards and
    ``premises`` of :class:`Premises`; :attr:`~synthetic_data.town.Streets.polling_place` says who goes."""

    code: Text
    ward: Integers
    premises: Integers


@dataclass(frozen=True, slots=True)
class Businesses:
    """Businesses with premises of their own, a row of :class:`Premises` each.

    ``trade`` indexes TRADES and SIC_DIVISIONS; ``name`` is also that of the premises. ``employees``
    counts everybody who works there. ``opened_on`` is before the as-of date. ``sells_food`` means that
    it has to register as a food business, ``sells_alcohol`` that it needs a premises licence.
    """

    premises: Integers
    trade: Integers
    name: Text
    employees: Integers
    opened_on: Dates
    sells_food: Flags
    sells_alcohol: Flags


_Table = TypeVar("_Table", Premises, Schools, PollingPlaces, Businesses)
_KINDS = {
    "Integers": np.int64,
    "Reals": np.float64,
    "Flags": np.bool_,
    "Dates": "datetime64[D]",
    "Text": object,
}


def none_of(table: type[_Table]) -> _Table:
    """The table without a row, for a town whose premises are not known."""
    return table(**{column.name: np.empty(0, dtype=_KINDS[str(column.type)]) for column in fields(table)})
