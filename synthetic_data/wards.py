"""Wards: how many, what they are called, where they lie, and how badly off each is."""

from __future__ import annotations

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

_STEP = 0.05


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
    figures = profile.service_volumes
    most_deprived = figures["imd2025_pct_lsoas_most_deprived_decile"] / 100
    score = ward_scores(figures["imd2025_avg_score"], most_deprived, count)[_ranks(centre, rng)]
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


def ward_scores(mean: float, most_deprived: float, count: int) -> Reals:
    """Scores of ``count`` wards on the scale of the Indices of Multiple Deprivation, lowest first.

    Their mean is ``mean``; they are the quantiles of a distribution of small areas in which the share
    ``most_deprived`` is among England's most deprived tenth, drawn together because a ward averages.
    """
    score, likelihood = _distribution(mean, most_deprived)
    cumulative = np.cumsum(likelihood)
    at = np.searchsorted(cumulative, (np.arange(count) + 0.5) / count * cumulative[-1])
    drawn = mean + (score[at] - mean) * assumed.WARD_NARROWING
    drawn = np.maximum(drawn + (mean - drawn.mean()), mean / 10)
    return np.asarray(np.round(drawn * (mean / drawn.mean()), 2))


def _distribution(mean: float, most_deprived: float) -> tuple[Reals, Reals]:
    """A gamma distribution of small areas' scores, with just this mean and share of the most deprived.

    Both are fitted by an exponential tilt and by scaling what lies on either side of the cut-off.
    """
    score = np.arange(_STEP / 2, assumed.HIGHEST_SCORE, _STEP)
    shape = assumed.SCORE_VARIATION**-2
    base = (shape - 1) * np.log(score) - score * shape / mean
    above = score >= assumed.MOST_DEPRIVED_DECILE_FROM
    low, high = -2.0, 2.0
    for _ in range(50):
        tilt = (low + high) / 2
        likelihood = np.exp(np.clip(base + tilt * score - (base + tilt * score).max(), -600, 0))
        for side, share in ((above, most_deprived), (~above, 1 - most_deprived)):
            likelihood[side] *= share / max(float(likelihood[side].sum()), 1e-300)
        low, high = (tilt, high) if float((likelihood * score).sum()) < mean else (low, tilt)
    return score, likelihood


def _ranks(centre: Integers, rng: np.random.Generator) -> Integers:
    """The rank of each ward, from least to most deprived: worse towards the middle and one side."""
    away = centre - centre.mean(axis=0)
    away /= max(float(np.abs(away).max()), 1.0)
    side = rng.uniform(0, 2 * np.pi)
    slope = away @ np.array([np.cos(side), np.sin(side)])
    field = np.round(slope - 0.7 * np.hypot(*away.T) + rng.normal(0, 0.12, len(away)), 9)
    return np.argsort(np.argsort(field, kind="stable"), kind="stable")
