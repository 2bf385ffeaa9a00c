"""Wards: how many, what they are called, where they lie, and how badly off each is."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from synthetic_data import assumptions_of_places as assumed
from synthetic_data import identifiers, place_names
from synthetic_data.quotas import Integers, Reals
from synthetic_data.streams import Seed, stream
from synthetic_data.town import Wards

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

TOWN_CENTRE = (670_000, 580_000)
"""Easting and northing, some 170 km off the coast of Northumberland."""

_RESIDENTS_A_WARD, _MOST_RESIDENTS = 800, 25_000
"""A small town has fewer wards than its authority, so that each still is one; no ward is larger than any."""


def ward_count(profile: Profile, residents: int) -> int:
    """As many as the authority has; fewer in a small town, more where it is made far larger than it is."""
    return max(2, min(profile.wards, residents // _RESIDENTS_A_WARD), -(-residents // _MOST_RESIDENTS))


def wards_of_town(profile: Profile, residents: int, council: str, bounds: Integers, seed: Seed) -> Wards:
    """All wards of a town, block after block; within a block the worst off come first.

    ``bounds`` are the wards at which the blocks begin, and the number of all.
    """
    count = int(bounds[-1])
    rng = stream(seed, "wards")
    centre = _centres(count, residents / count * profile.dwellings / profile.population)
    score = _scores(profile, count)[_ranks(centre, rng)]
    order = np.lexsort((-score, np.repeat(np.arange(bounds.size - 1), np.diff(bounds))))
    return Wards(
        identifiers.ward_codes(profile.nation, count),
        place_names.ward_names(count, council, rng),
        centre[order, 0],
        centre[order, 1],
        score[order],
    )


def slice_of(wards: Wards, first: int, last: int) -> Wards:
    """The wards from one row up to, not including, another."""
    rows = slice(first, last)
    return Wards(
        wards.code[rows], wards.name[rows], wards.easting[rows], wards.northing[rows], wards.deprivation[rows]
    )


def reach(homes_a_ward: float) -> float:
    """How far apart the middles of neighbouring wards are, in metres."""
    side = float(np.sqrt(homes_a_ward * assumed.SQUARE_METRES_A_HOME))
    return assumed.WARD_MARGIN + assumed.WARD_STRETCH * side


def _centres(wards: int, homes_a_ward: float) -> Integers:
    """The cells of a grid that are nearest to the town's centre, the nearest first, as a spiral."""
    rings = int(np.ceil(np.sqrt(wards))) // 2 + 1
    steps = np.arange(-rings, rings + 1)
    cells = np.array(np.meshgrid(steps, steps)).reshape(2, -1).T
    ring, angle = np.round(np.hypot(*cells.T)), np.arctan2(cells[:, 1], cells[:, 0])
    nearest = cells[np.lexsort((angle, ring))[:wards]]
    return np.asarray(np.rint(np.array(TOWN_CENTRE) + reach(homes_a_ward) * nearest).astype(np.int64))


def _scores(profile: Profile, wards: int) -> Reals:
    """Scores of so many wards, the least deprived first, whose mean is the profile's average.

    Small areas are taken to be spread log-normally, with the published average and the published share
    of areas in England's most deprived tenth; wards average several areas and lie closer together.
    """
    average = profile.service_volumes["imd2025_avg_score"]
    tenth = profile.service_volumes["imd2025_pct_lsoas_most_deprived_decile"] / 100
    spread = _spread(average, tenth) * assumed.SPREAD_OF_WARDS
    places = (np.arange(wards) + 0.5) / wards
    scores = np.exp(spread * np.array([NormalDist().inv_cdf(place) for place in places]))
    return np.asarray(np.round(scores * average / scores.mean(), 1))


def _spread(average: float, tenth: float) -> float:
    """The standard deviation of the scores' logarithm, from their average and their upper tail."""
    tail = NormalDist().inv_cdf(float(np.clip(tenth, 0.005, 0.95)))
    distance = float(np.log(average / assumed.MOST_DEPRIVED_FROM))
    root = float(np.sqrt(max(tail * tail + 2 * distance, 0.0)))
    spread = -tail + (root if distance > 0 else -root)
    return float(np.clip(spread, *assumed.SPREAD_OF_AREAS))


def _ranks(centre: Integers, rng: np.random.Generator) -> Integers:
    """The rank of each ward, from least to most deprived: worse towards the middle and one side."""
    away = (centre - centre.mean(axis=0)) / max(float(np.ptp(centre)), 1.0)
    side = rng.uniform(0, 2 * np.pi)
    field = away @ np.array([np.cos(side), np.sin(side)]) - np.hypot(*away.T) + rng.normal(0, 0.12, len(away))
    return np.argsort(np.argsort(field, kind="stable"), kind="stable")
