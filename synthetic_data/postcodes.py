"""Which addresses share a postcode: about fifteen, never on more than one street."""

from __future__ import annotations

import numpy as np

from synthetic_data import identifiers
from synthetic_data.quotas import Flags, Integers
from synthetic_data.town import Block, Text

ADDRESSES_A_POSTCODE = 15
_UNITS = len(identifiers.POSTCODE_DISTRICTS) * identifiers.UNITS_A_DISTRICT
_FULL = 0.9


def changes(values: Integers) -> Flags:
    """Whether each row has another value than the one before it."""
    return np.concatenate([[True], values[1:] != values[:-1]])


def within(start: Flags) -> Integers:
    """Position of each row since the last row that starts something."""
    rows = np.arange(start.size)
    return rows - np.maximum.accumulate(np.where(start, rows, 0))


def postcodes_of(street: Integers, number: Integers, ward_of: Integers, block: Block) -> Text:
    """The postcode of each plot; buildings are not divided. Rows are in the order of street and number.

    All safe postcodes are shared out among the blocks of a town, and those of a block among its wards:
    a ward begins a sector of its own where there is room.
    """
    first_of_block = block.number * _UNITS // block.count
    room = (block.number + 1) * _UNITS // block.count - first_of_block
    addresses = np.bincount(street, minlength=ward_of.size)
    each = max(float(ADDRESSES_A_POSTCODE), street.size / (_FULL * room))
    units = _units(addresses, each)
    while int(units.sum()) > room:
        each *= 1.1
        units = _units(addresses, each)
    new_street = changes(street)
    building = new_street | changes(number)
    begins = np.maximum.accumulate(np.where(building, np.arange(street.size), 0))
    in_street = within(new_street)[begins] * units[street] // addresses[street]
    unit = first_of_block + _first_units(units, ward_of, room)[street] + in_street
    district, running = np.divmod(unit, identifiers.UNITS_A_DISTRICT)
    return identifiers.postcodes(district, running)


def _units(addresses: Integers, each: float) -> Integers:
    return np.maximum(1, np.rint(addresses / each)).astype(np.int64)


def _first_units(units: Integers, ward_of: Integers, room: int) -> Integers:
    """Where each street's postcodes begin in the block's share."""
    sector = identifiers.UNITS_A_SECTOR
    wards = int(ward_of[-1]) + 1
    by_ward = np.bincount(ward_of, weights=units, minlength=wards).astype(np.int64)
    start = np.cumsum(by_ward) - by_ward
    spare = room - int(by_ward.sum())
    start += spare * np.arange(wards) // wards
    if spare // wards >= sector:
        start = -(-start // sector) * sector
    before = np.cumsum(units) - units
    ward_begins = before[np.searchsorted(ward_of, np.arange(wards))]
    return np.asarray(start[ward_of] + before - ward_begins[ward_of])
