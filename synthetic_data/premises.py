"""Premises: which shops, offices, schools and council buildings a town has, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic_data import assumptions_of_places as assumed
from synthetic_data import businesses
from synthetic_data.amenities import PREMISES_KINDS
from synthetic_data.quotas import Integers, pick, quotas
from synthetic_data.streams import Seed, stream
from synthetic_data.town import Text, Wards
from synthetic_data.wards import TOWN_CENTRE
from synthetic_data.words import SAINTS, STREET_WORDS

SITES = ("high_street", "estate", "ward")
HIGH_STREET, ESTATE, ANYWHERE = range(len(SITES))

_NAMES = {
    "depot": ("{ward} Depot",),
    "recycling_centre": ("{ward} Household Waste Recycling Centre",),
    "car_park": ("{word} Car Park",),
    "leisure_centre": ("{ward} Leisure Centre",),
    "library": ("{ward} Library",),
    "town_hall": ("{town} Town Hall",),
    "council_office": ("{word} House Council Offices",),
    "community_centre": ("{ward} Community Centre",),
    "place_of_worship": (
        "St {saint}'s Church",
        "{word} Chapel",
        "St {saint}'s Church",
        "{word} Gospel Hall",
        "{ward} Mosque",
    ),
    "park": ("{word} Park", "{word} Recreation Ground", "{word} Gardens"),
    "cemetery": ("{word} Cemetery",),
    "primary_school": ("{word} Primary School", "St {saint}'s Primary School", "{ward} Primary School"),
    "secondary_school": ("{word} Academy", "{ward} School", "{word} High School"),
}
"""What premises that are no business are called, by turns."""


@dataclass(frozen=True, slots=True)
class PlannedPremises:
    """One row each premises: what, in which ward, at which of SITES, and how large.

    ``trade`` is that of the business, -1 where there is none; ``frontage`` is in metres.
    ``estate_ward`` has one row for each trading estate: its ward.
    """

    kind: Integers
    ward: Integers
    site: Integers
    trade: Integers
    name: Text
    floor_area: Integers
    rateable_value: Integers
    frontage: Integers
    estate_ward: Integers


def plan_premises(
    town_name: str, wards: Wards, before: int, residents: int, schools: Integers, seed: Seed
) -> PlannedPremises:
    """Plan the premises of a block of ``residents`` people; ``before`` count those of earlier blocks.

    ``schools`` is the number of each phase.
    """
    rng = stream(seed, "premises")
    counts = _counts(before, residents)
    counts[PREMISES_KINDS.index("community_centre")] += wards.name.size
    counts[[PREMISES_KINDS.index(f"{phase}_school") for phase in ("primary", "secondary")]] = schools
    kind = np.repeat(np.arange(counts.size), counts)
    site = np.array([SITES.index(each.site) for each in assumed.PREMISES])[kind]
    ward = _wards_of(counts, wards, central_ward(wards), rng)
    trade = businesses.trades(kind, rng)
    runs = np.isin(kind, businesses.KINDS)
    could_be_vacant = runs & (site != ANYWHERE)
    vacant = round(assumed.VACANT * int(could_be_vacant.sum()))
    trade[pick(could_be_vacant.astype(np.float64), vacant, rng)] = -1
    name = businesses.names(trade, stream(seed, "premises.businesses"))
    _name_the_others(
        name, kind, np.flatnonzero(~runs), ward, wards, town_name, stream(seed, "premises.names")
    )
    usual = np.array([each.floor for each in assumed.PREMISES])[kind]
    floor = np.rint(usual * np.exp(rng.normal(0, assumed.FLOOR_SPREAD, kind.size))).astype(np.int64)
    pounds = np.array([each.pounds for each in assumed.PREMISES])[kind]
    value = floor * pounds * np.exp(rng.normal(0, 0.2, kind.size))
    return PlannedPremises(
        kind.astype(np.int8),
        ward,
        site,
        trade,
        name,
        floor,
        np.rint(value / 25).astype(np.int64) * 25,
        np.array([each.frontage for each in assumed.PREMISES])[kind],
        np.sort(_estate_wards(residents, wards)),
    )


def central_ward(wards: Wards) -> int:
    """The ward nearest to the town's centre, which has the High Street."""
    east, north = TOWN_CENTRE
    return int(np.argmin(np.hypot(wards.easting - east, wards.northing - north)))


def _counts(before: int, residents: int) -> Integers:
    """Premises of each kind, so that the blocks together have what the whole town should."""
    rate = np.array([each.per_1000 for each in assumed.PREMISES]) / 1000
    start = np.where([each.always for each in assumed.PREMISES], 0.999, 0.5)
    until = [np.floor(rate * number + start * (number > 0)) for number in (before, before + residents)]
    return np.asarray((until[1] - until[0]).astype(np.int64))


def _wards_of(counts: Integers, wards: Wards, central: int, rng: np.random.Generator) -> Integers:
    """The ward of each premises: every kind spread over all, shops more in the middle of the town."""
    found = []
    for each, count in zip(assumed.PREMISES, counts.tolist(), strict=True):
        pull = rng.uniform(0.75, 1.25, wards.name.size)
        if each.site == "high_street":
            pull[central] *= 100.0 if each.name == "town_hall" else 3.0
        found.append(np.repeat(np.arange(pull.size), quotas(count, pull)))
    return np.concatenate(found)


def _estate_wards(residents: int, wards: Wards) -> Integers:
    """Trading estates, in the more deprived wards first, as a block's wards come."""
    count = max(1, round(residents / assumed.ESTATE_RESIDENTS))
    return np.arange(count) % wards.name.size


def _name_the_others(
    name: Text,
    kind: Integers,
    rows: Integers,
    ward: Integers,
    wards: Wards,
    town_name: str,
    rng: np.random.Generator,
) -> None:
    """Names of what is no business; no two of a block are alike."""
    words, saints = rng.permutation(STREET_WORDS), rng.permutation(SAINTS)
    taken: set[str] = set()
    for turn, row in enumerate(rows.tolist()):
        patterns = _NAMES[PREMISES_KINDS[kind[row]]]
        for attempt in range(len(words)):
            chosen = patterns[(turn + attempt) % len(patterns)]
            if attempt >= len(patterns):
                chosen = chosen.replace("{ward}", "{word}").replace("{town}", "{word}")
            given = chosen.format(
                word=words[(turn + attempt) % len(words)],
                saint=saints[(turn + attempt) % len(saints)],
                ward=wards.name[ward[row]],
                town=town_name,
            )
            if given not in taken:
                break
        taken.add(given)
        name[row] = given
