"""Wards, streets and plots: where each home stands, out at sea.

Homes of like worth gather in neighbourhoods and homes of one type in streets; wards are
squares of parallel streets, set around the middle of a town in the North Sea.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic_data import identifiers, place_names
from synthetic_data.assumptions_of_places import WARD_MARGIN
from synthetic_data.quotas import Flags, Integers, Reals
from synthetic_data.streams import Seed, stream
from synthetic_data.town import DWELLING_TYPES, Block, Streets, Text, Wards

_HOMES_A_STREET = 36
_MOST_STREETS = 1_000
"""Streets of a block; each block has so many numbers for them."""
_HOMES_A_NEIGHBOURHOOD = 300
_HOMES_A_POSTCODE = 15
_PLOT_WIDTH = 14
_STREETS_APART = 70
_FROM_ROAD = 12
_BUILDING_SIZES = {
    "flat": (4, 6, 6, 8, 12, 18),
    "converted_house": (2, 2, 3, 3, 4, 4),
    "converted_building": (4, 6, 6, 8, 8, 10),
    "in_commercial_building": (1, 1, 1, 2, 2, 3),
}


@dataclass(frozen=True, slots=True)
class Plots:
    """One row a property, by ward, street and number. ``dwelling`` is a row of the homes, -1 for
    communal establishments, whose row is then in ``establishment``."""

    dwelling: Integers
    establishment: Integers
    street: Integers
    number: Integers
    line: Text
    postcode: Text
    easting: Integers
    northing: Integers


def lay_out(
    worth: Reals,
    dwelling_type: Integers,
    establishment_names: Text,
    wards: Wards,
    apart: float,
    block: Block,
    seed: Seed,
    town_seed: Seed,
) -> tuple[Streets, Plots]:
    """Give every home and communal establishment a plot on a street in a ward.

    ``wards`` are the block's, ``apart`` is how many metres lie between the middles of neighbours. The
    homes of least ``worth`` go to the wards that are worst off, which come first.
    """
    rng, ward_count = stream(seed, "places"), wards.code.size
    order, street_of = _streets_of(worth, dwelling_type, 2 * ward_count, rng)
    streets = int(street_of[-1]) + 1
    ward_of = _wards_of(street_of, streets, ward_count, rng)
    establishments = establishment_names.size
    dwelling = np.concatenate([order, np.full(establishments, -1)])
    establishment = np.concatenate([np.full(order.size, -1), np.arange(establishments)])
    street = np.concatenate([street_of, rng.integers(0, streets, establishments)])
    kind = np.concatenate([dwelling_type[order], np.full(establishments, len(DWELLING_TYPES))])
    sequence = np.lexsort((kind, street))
    dwelling, establishment, street, kind = (a[sequence] for a in (dwelling, establishment, street, kind))
    number, flat = _number(street, kind, rng)
    names = place_names.street_names(streets, block, stream(town_seed, "places.street_names"))
    easting, northing = _coordinates(street, number, ward_of, wards, apart)
    plots = Plots(
        dwelling,
        establishment,
        street,
        number,
        _lines(number, flat, names[street], establishment, establishment_names),
        _postcodes(street, number, ward_of, block),
        easting,
        northing,
    )
    start = int(stream(town_seed, "identifiers.usrn").integers(identifiers.USRNS))
    usrn = identifiers.usrns(streets, start, block.number * _MOST_STREETS)
    return Streets(usrn, names, ward_of), plots


def _streets_of(
    worth: Reals, dwelling_type: Integers, fewest: int, rng: np.random.Generator
) -> tuple[Integers, Integers]:
    """Order homes into neighbourhoods of like worth, those into streets of like types."""
    homes = worth.size
    by_worth = np.argsort(worth + rng.normal(0, 1.4, homes), kind="stable")
    neighbourhoods = max(1, homes // _HOMES_A_NEIGHBOURHOOD)
    placed = np.argsort(np.arange(neighbourhoods) + rng.normal(0, 0.15 * neighbourhoods, neighbourhoods))
    neighbourhood = np.empty(homes, dtype=np.int64)
    neighbourhood[by_worth] = np.argsort(placed)[np.arange(homes) * neighbourhoods // homes]
    order = np.lexsort((dwelling_type + rng.normal(0, 0.7, homes), neighbourhood))
    count = max(fewest, round(homes / _HOMES_A_STREET))
    shares = np.exp(rng.normal(0, 0.5, count)) + 0.15
    ends = np.maximum(np.rint(np.cumsum(shares) / shares.sum() * homes).astype(np.int64), 1)
    street = np.searchsorted(ends, np.arange(homes), side="right")
    return order, np.unique(street, return_inverse=True)[1]


def _wards_of(street_of: Integers, streets: int, wards: int, rng: np.random.Generator) -> Integers:
    homes = np.bincount(street_of, minlength=streets)
    middle = np.cumsum(homes) - homes / 2
    shares = rng.uniform(0.85, 1.15, wards)
    ward = np.searchsorted(np.cumsum(shares) / shares.sum() * homes.sum(), middle)
    if not np.bincount(ward, minlength=wards).all():
        return np.arange(streets) * wards // streets
    return ward.astype(np.int64)


def _within(start: Flags) -> Integers:
    """Position of each row since the last row that starts something."""
    rows = np.arange(start.size)
    return rows - np.maximum.accumulate(np.where(start, rows, 0))


def _changes(values: Integers) -> Flags:
    return np.concatenate([[True], values[1:] != values[:-1]])


def _number(street: Integers, kind: Integers, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Number of the plot on its street, and of the flat within the building (0 for a house)."""
    new_street = _changes(street)
    run = new_street | _changes(kind)
    sizes = np.ones((len(DWELLING_TYPES) + 1, 6), dtype=np.int64)
    for name, row in _BUILDING_SIZES.items():
        sizes[DWELLING_TYPES.index(name)] = row
    run_of = np.cumsum(run) - 1
    building_size = sizes[kind, rng.integers(0, 6, int(run_of[-1]) + 1)[run_of]]
    in_run = _within(run)
    building = run | (in_run % building_size == 0)
    counted = np.cumsum(building)
    number = counted - np.maximum.accumulate(np.where(new_street, counted, 0)) + 1
    in_building = np.bincount(counted)[counted]
    flat = np.where(in_building > 1, _within(building) + 1, 0)
    return number, flat


def _lines(number: Integers, flat: Integers, street: Text, establishment: Integers, names: Text) -> Text:
    digits = np.array([str(n) for n in range(int(max(number.max(), flat.max())) + 1)], dtype=object)
    flats = np.array([f"Flat {text}, " if text != "0" else "" for text in digits.tolist()], dtype=object)
    line = flats[flat] + digits[number] + " " + street
    communal = establishment >= 0
    line[communal] = names[establishment[communal]] + ", " + line[communal]
    return np.asarray(line)


def _postcodes(street: Integers, number: Integers, ward_of: Integers, block: Block) -> Text:
    """About fifteen homes to a postcode, never more than one street, buildings undivided."""
    districts, first_of_district, units_each = _postcode_room(block)
    homes = np.bincount(street)
    each = max(_HOMES_A_POSTCODE, street.size / (0.7 * districts.size * units_each))
    units = np.maximum(1, np.rint(homes / each)).astype(np.int64)
    new_street = _changes(street)
    position = _within(new_street)
    building = new_street | _changes(number)
    begins = np.maximum.accumulate(np.where(building, np.arange(street.size), 0))
    in_street = position[begins] * units[street] // homes[street]
    district_of = districts[ward_of % districts.size]
    first = first_of_district + _first_units(units, ward_of, districts.size, units_each)
    # Where a district is too small for its wards, the last postcodes hold more homes.
    within = np.minimum(first[street] + in_street, first_of_district + units_each - 1)
    return identifiers.postcodes(district_of[street], within)


def _postcode_room(block: Block) -> tuple[Integers, int, int]:
    """Rows of the districts that a block's postcodes lie in; the first unit of it there, and how many."""
    districts = len(identifiers.POSTCODE_DISTRICTS)
    if block.count <= districts:
        return np.arange(block.number, districts, block.count), 0, identifiers.UNITS_A_DISTRICT
    part, parts = block.number // districts, -(-block.count // districts)
    units = identifiers.UNITS_A_DISTRICT // parts
    return np.array([block.number % districts]), part * units, units


def _first_units(units: Integers, ward_of: Integers, districts: int, most: int) -> Integers:
    """Where each street's postcodes begin in its district; a ward begins a sector if there is room."""
    sector = identifiers.UNITS_A_SECTOR
    by_ward = np.bincount(ward_of, weights=units).astype(np.int64)
    before = np.cumsum(units) - units
    start_of_ward = np.empty(by_ward.size, dtype=np.int64)
    for district in range(districts):
        wards = np.arange(district, by_ward.size, districts)
        room = -(-by_ward[wards] // sector) * sector
        taken = room if room.sum() <= most else by_ward[wards]
        start_of_ward[wards] = np.cumsum(taken) - taken
    ward_begins = before[np.searchsorted(ward_of, np.arange(by_ward.size))]
    return np.asarray(start_of_ward[ward_of] + before - ward_begins[ward_of])


def _coordinates(
    street: Integers, number: Integers, ward_of: Integers, wards: Wards, apart: float
) -> tuple[Integers, Integers]:
    """Easting and northing of each plot."""
    count = wards.code.size
    plots = np.zeros(ward_of.size, dtype=np.int64)
    np.maximum.at(plots, street, number)
    length = (plots + 1) // 2 * _PLOT_WIDTH + 2 * _PLOT_WIDTH
    x, y, width = _rows_of_streets(length, ward_of, count)
    narrow = min(1.0, (apart - WARD_MARGIN / 2) / width)
    turned = (np.arange(count) % 2).astype(bool)[ward_of]
    side = np.where(number % 2 == 1, _FROM_ROAD, -_FROM_ROAD)
    far = (x[street] + (number + 1) // 2 * _PLOT_WIDTH) * narrow
    across = y[street] * narrow + side
    east = wards.easting[ward_of][street] + np.where(turned[street], across, far)
    north = wards.northing[ward_of][street] + np.where(turned[street], far, across)
    return np.rint(east).astype(np.int64), np.rint(north).astype(np.int64)


def _rows_of_streets(length: Integers, ward_of: Integers, wards: int) -> tuple[Reals, Reals, float]:
    """Where each street begins, from the middle of its ward, and the width of the widest ward.

    A ward's streets lie end to end in rows about as long as the rows together are deep.
    """
    total = np.bincount(ward_of, weights=length, minlength=wards)
    rows = np.maximum(1, np.rint(np.sqrt(total / _STREETS_APART))).astype(np.int64)
    along = np.cumsum(length) - length
    along = along - along[np.searchsorted(ward_of, np.arange(wards))][ward_of]
    row = ((along + length / 2) * rows[ward_of] / total[ward_of]).astype(np.int64)
    first = np.cumsum(rows) - rows
    _, row_of, streets_of = np.unique(first[ward_of] + row, return_inverse=True, return_counts=True)
    starts = np.cumsum(streets_of) - streets_of
    row_length = np.bincount(row_of, weights=length)
    x = along - along[starts][row_of] - row_length[row_of] / 2
    y = (row - (rows[ward_of] - 1) / 2) * _STREETS_APART
    return x, y, float(max(row_length.max(), rows.max() * _STREETS_APART))
