"""Streets and plots: where each home stands in the wards of a block, out at sea.

Homes of like worth gather in neighbourhoods and homes of one type in streets; the more deprived a ward,
the likelier it has the neighbourhoods that are worth least. Each ward has a street of shops, and
workshops stand on trading estates.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from synthetic_data import assumptions_of_places as assumed
from synthetic_data import identifiers, place_names, street_map
from synthetic_data.homes import Homes, is_social
from synthetic_data.postcodes import changes, postcodes_of, within
from synthetic_data.premises import ESTATE, HIGH_STREET, PlannedPremises, central_ward
from synthetic_data.quotas import Flags, Integers, Reals, quotas
from synthetic_data.streams import Seed, stream
from synthetic_data.town import DWELLING_TYPES, Block, Streets, Text, Wards

_HOMES_A_STREET = 36
_MOST_STREETS = 1_000
"""Streets of a block; each block has so many numbers for them."""
_HOMES_A_NEIGHBOURHOOD = 120
_NOT_A_HOME = len(DWELLING_TYPES)
_OVER_SHOPS = DWELLING_TYPES.index("in_commercial_building")
_BUILDING_SIZES = {
    "flat": (4, 6, 6, 8, 12, 18),
    "converted_house": (2, 2, 3, 3, 4, 4),
    "converted_building": (4, 6, 6, 8, 8, 10),
    "in_commercial_building": (1, 1, 1, 2, 2, 3),
}


@dataclass(frozen=True, slots=True)
class Plots:
    """One row an address, by ward, street and number. One of ``dwelling`` (a row of the homes),
    ``establishment`` (of the communal ones) and ``premises`` (of those planned) says what stands
    there; the others are -1."""

    dwelling: Integers
    establishment: Integers
    premises: Integers
    street: Integers
    number: Integers
    line: Text
    postcode: Text
    easting: Integers
    northing: Integers

    def those(self, chosen: Flags) -> Plots:
        """Only the chosen rows."""
        return Plots(*(getattr(self, column.name)[chosen] for column in fields(self)))


@dataclass(frozen=True, slots=True)
class _Roads:
    """Streets before they have names: the ward of each, and which are for shops or workshops."""

    ward: Integers
    street_of_home: Integers
    high_street: Integers
    estates: Integers


def standing(homes: Homes, tenure: Integers) -> Reals:
    """Where each home stands among the others, in bands; the first homes are those of the households."""
    of_type = np.array([assumed.STANDING_OF_DWELLING.get(each, 0.0) for each in DWELLING_TYPES])
    value = homes.band + 0.5 * homes.bedrooms + of_type[homes.dwelling_type]
    value[: tenure.size] += assumed.STANDING_OF_SOCIAL_RENT * is_social(tenure)
    return np.asarray(value)


def lay_out(
    worth: Reals,
    dwelling_type: Integers,
    establishment_names: Text,
    planned: PlannedPremises,
    wards: Wards,
    apart: float,
    block: Block,
    seed: Seed,
    town_seed: Seed,
) -> tuple[Streets, Plots]:
    """Give every home, communal establishment and planned premises a plot on a street in a ward.

    ``worth`` is each home's standing, in bands; ``wards`` are the block's, the worst off first;
    ``apart`` is how many metres lie between the middles of neighbours.
    """
    rng = stream(seed, "places")
    roads = _roads(worth, dwelling_type, planned, wards, rng)
    homes, outside, other = worth.size, establishment_names.size, planned.kind.size
    kind = np.concatenate([dwelling_type, np.full(outside + other, _NOT_A_HOME)])
    street = np.concatenate(
        [
            roads.street_of_home,
            rng.choice(np.setdiff1d(np.arange(roads.ward.size), roads.estates), outside),
            _streets_of_premises(planned, roads, rng),
        ]
    )
    place_in_street = np.concatenate([kind[: homes + outside], np.where(planned.site == HIGH_STREET, -1, 99)])
    shuffled = rng.random(street.size)
    shuffled[:homes] = np.arange(homes) / homes
    order = np.lexsort((shuffled, place_in_street, street))
    thing, street, kind = order, street[order], kind[order]
    number, flat = _number(street, kind, rng)
    longest = np.zeros(roads.ward.size, dtype=np.int64)
    np.maximum.at(longest, street, number)
    names = place_names.street_names(longest, town_seed, block)
    names[roads.high_street] = place_names.high_streets(wards.name, central_ward(wards))
    names[roads.estates] = place_names.estates(roads.estates.size, stream(seed, "place_names.estates"))
    at_premises = thing - homes - outside
    width = np.where(at_premises >= 0, planned.frontage[np.maximum(at_premises, 0)], street_map.PLOT_WIDTH)
    own_names = np.concatenate([np.full(homes, None), establishment_names, planned.name])[thing]
    middle = np.stack([wards.easting, wards.northing], axis=1)
    easting, northing = street_map.coordinates(street, number, flat, width, roads.ward, middle, apart)
    plots = Plots(
        np.where(thing < homes, thing, -1),
        np.where((thing >= homes) & (at_premises < 0), thing - homes, -1),
        np.maximum(at_premises, -1),
        street,
        number,
        _lines(number, flat, names[street], own_names, np.isin(street, roads.estates), width >= 90),
        postcodes_of(street, number, roads.ward, block),
        easting,
        northing,
    )
    start = int(stream(town_seed, "identifiers.usrn").integers(identifiers.USRNS))
    usrn = identifiers.usrns(names.size, start, block.number * _MOST_STREETS)
    return Streets(usrn, names, roads.ward, np.zeros(names.size, dtype=np.int64)), plots


def _roads(
    worth: Reals, dwelling_type: Integers, planned: PlannedPremises, wards: Wards, rng: np.random.Generator
) -> _Roads:
    """Share the homes out among wards, and each ward's among streets."""
    neighbourhood, ward = _wards_of_homes(worth, wards, rng)
    mixed = dwelling_type + rng.normal(0, 0.7, worth.size)
    street_of = np.empty(worth.size, dtype=np.int64)
    ward_of: list[int] = []
    high_street: list[int] = []
    estates: list[int] = []
    for row in range(wards.name.size):
        own = np.flatnonzero(ward == row)
        over_shops = dwelling_type[own] == _OVER_SHOPS
        half = np.where(neighbourhood[own] < np.median(neighbourhood[own]), 0, 2)
        own = own[np.lexsort((mixed[own], neighbourhood[own], np.where(over_shops, 1, half)))]
        streets = _cut_into_streets(own.size, rng)
        count = int(streets[-1]) + 1
        shops = np.bincount(streets, weights=dwelling_type[own] == _OVER_SHOPS, minlength=count)
        nearest = np.arange(count) - (count - 1) / 2
        high_street.append(len(ward_of) + int(np.lexsort((np.abs(nearest), -shops))[0]))
        street_of[own] = streets + len(ward_of)
        estates_here = int((planned.estate_ward == row).sum())
        estates += range(len(ward_of) + count, len(ward_of) + count + estates_here)
        ward_of += [row] * (count + estates_here)
    return _Roads(np.array(ward_of), street_of, np.array(high_street), np.array(estates, dtype=np.int64))


def _wards_of_homes(worth: Reals, wards: Wards, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """The neighbourhood and the ward of each home; the most deprived wards get what is worth least."""
    homes, count = worth.size, wards.name.size
    by_worth = np.argsort(worth + rng.normal(0, assumed.STANDING_STRAYS, homes), kind="stable")
    neighbourhoods = max(count, homes // _HOMES_A_NEIGHBOURHOOD)
    strays = rng.normal(0, assumed.NEIGHBOURHOOD_STRAYS * neighbourhoods, neighbourhoods)
    placed = np.argsort(np.argsort(np.arange(neighbourhoods) + strays))
    neighbourhood = np.empty(homes, dtype=np.int64)
    neighbourhood[by_worth] = placed[np.arange(homes) * neighbourhoods // homes]
    sizes = quotas(homes, rng.uniform(*assumed.WARD_SIZES, count))
    ward = np.empty(homes, dtype=np.int64)
    ward[np.argsort(neighbourhood, kind="stable")] = np.repeat(np.arange(count), sizes)
    return neighbourhood, ward


def _cut_into_streets(homes: int, rng: np.random.Generator) -> Integers:
    """The street of each of a ward's homes in their order, some streets long and some short."""
    count = max(2, round(homes / _HOMES_A_STREET))
    shares = np.clip(np.exp(rng.normal(0, 0.55, count)), 0.25, 2.2)
    ends = np.rint(np.cumsum(shares) / shares.sum() * homes).astype(np.int64)
    return np.unique(np.searchsorted(ends, np.arange(homes), side="right"), return_inverse=True)[1]


def _streets_of_premises(planned: PlannedPremises, roads: _Roads, rng: np.random.Generator) -> Integers:
    street = roads.high_street[planned.ward]
    on_estate = np.flatnonzero(planned.site == ESTATE)
    street[on_estate] = roads.estates[np.arange(on_estate.size) % roads.estates.size]
    anywhere = (planned.site != ESTATE) & (planned.site != HIGH_STREET)
    first = np.searchsorted(roads.ward, planned.ward[anywhere])
    with_homes = np.bincount(roads.ward)
    with_homes -= np.bincount(roads.ward[roads.estates], minlength=with_homes.size)
    of_ward = with_homes[planned.ward[anywhere]]
    street[anywhere] = first + (rng.random(of_ward.size) * of_ward).astype(np.int64)
    return street


def _number(street: Integers, kind: Integers, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Number of the plot on its street, and of the flat within the building (0 for a house)."""
    new_street = changes(street)
    run = new_street | changes(kind)
    sizes = np.ones((_NOT_A_HOME + 1, 6), dtype=np.int64)
    for name, row in _BUILDING_SIZES.items():
        sizes[DWELLING_TYPES.index(name)] = row
    run_of = np.cumsum(run) - 1
    building_size = sizes[kind, rng.integers(0, 6, int(run_of[-1]) + 1)[run_of]]
    building = run | (within(run) % building_size == 0)
    counted = np.cumsum(building)
    number = counted - np.maximum.accumulate(np.where(new_street, counted, 0)) + 1
    in_building = np.bincount(counted)[counted]
    flat = np.where(in_building > 1, within(building) + 1, 0)
    return number, flat


def _lines(
    number: Integers, flat: Integers, street: Text, name: Text, on_estate: Flags, unnumbered: Flags
) -> Text:
    """First lines of addresses; parks and schools have names and no numbers."""
    digits = np.array([str(n) for n in range(int(max(number.max(), flat.max())) + 1)], dtype=object)
    flats = np.array([f"Flat {text}, " if text != "0" else "" for text in digits.tolist()], dtype=object)
    numbered = np.where(on_estate, "Unit " + digits[number] + ", ", digits[number] + " ")
    numbered = np.where(unnumbered, "", numbered)
    named = np.array([f"{each}, " if each else "" for each in name.tolist()], dtype=object)
    return np.asarray(named + flats[flat] + numbered + street, dtype=object)
