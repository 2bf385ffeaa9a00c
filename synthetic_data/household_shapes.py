"""How many households there are, how large, and with how many children in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from synthetic_data.assumptions import CHILDREN_BY_SIZE, COUPLE_SHARE
from synthetic_data.quotas import Flags, Integers, Reals, quotas

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

_LARGEST = 8


@dataclass(frozen=True, slots=True)
class Shapes:
    """One row a household: residents, children under 18, and whether a couple heads it."""

    size: Integers
    children: Integers
    couple: Flags

    @property
    def adults(self) -> Integers:
        return self.size - self.children


def household_sizes(profile: Profile, residents: int) -> Integers:
    """Sizes of all households; together a little less than ``residents``.

    The households of eight and more get the mean size that makes the published residents of
    households come out.
    """
    counts = np.array(profile.households_by_size, dtype=np.float64)
    smaller = float((counts[:-1] * np.arange(1, _LARGEST)).sum())
    largest_mean = np.clip((profile.in_households - smaller) / max(counts[-1], 1.0), 8.15, 10.5)
    mean = (smaller + largest_mean * counts[-1]) / counts.sum()
    seats = residents * profile.in_households / (profile.in_households + profile.in_communal)
    households = max(1, round(seats / mean))
    by_size = quotas(households, counts)
    sizes = np.repeat(np.arange(1, _LARGEST + 1, dtype=np.int64), by_size)
    if by_size[-1]:
        ranks = -np.log((np.arange(by_size[-1]) + 0.5) / by_size[-1])
        sizes[sizes == _LARGEST] += quotas(round((largest_mean - _LARGEST) * by_size[-1]), ranks)
    while sizes.sum() > residents:
        sizes[np.argmax(sizes)] -= 1
    return sizes


def household_shapes(
    sizes: Integers, children: int, student_households: int, rng: np.random.Generator
) -> Shapes:
    """Place ``children`` under-18s in the households, at least one adult staying in each."""
    counts = _children_counts(sizes, children)
    order = np.argsort(sizes, kind="stable")
    given = np.empty(sizes.size, dtype=np.int16)
    given[order] = np.concatenate([_spread(counts[size], rng) for size in sorted(counts)])
    adults = sizes - given
    chance = np.select(
        [adults < 2, (adults == 2) & (given == 0), given == 0, adults == 2],
        [
            0.0,
            COUPLE_SHARE["two_adults"],
            _couples_among_many(sizes, adults, given, student_households),
            COUPLE_SHARE["two_with_children"],
        ],
        COUPLE_SHARE["more_with_children"],
    )
    return Shapes(sizes, given, chance > rng.random(sizes.size))


def _couples_among_many(sizes: Integers, adults: Integers, children: Integers, students: int) -> float:
    """Fewer couples among households of three adults and more where many are students'."""
    many = int(((adults > 2) & (children == 0)).sum())
    return COUPLE_SHARE["more_adults"] * max(0.0, 1 - students / max(many, 1))


def _spread(counts: Integers, rng: np.random.Generator) -> Integers:
    return rng.permutation(np.repeat(np.arange(counts.size, dtype=np.int16), counts))


def _children_counts(sizes: Integers, children: int) -> dict[int, npt.NDArray[np.int64]]:
    """For each size, how many households have 0, 1, 2, ... children; ``children`` in all."""
    by_size = np.bincount(sizes).tolist()
    households = {size: number for size, number in enumerate(by_size) if number}
    chances = {size: _chances(size) for size in households}
    tilt = _tilt(households, chances, children)
    counts = {s: quotas(n, _tilted(chances[s], tilt)) for s, n in households.items()}
    left = children - sum(int((c * np.arange(c.size)).sum()) for c in counts.values())
    step = 1 if left > 0 else -1
    while left:
        moved = 0
        for size in sorted(counts, key=lambda s: -households[s]):
            row = counts[size]
            for number in range(row.size):
                if left and row[number] and 0 <= number + step < row.size:
                    row[number] -= 1
                    row[number + step] += 1
                    left -= step
                    moved += 1
                    break
        if not moved:
            raise ValueError(f"{children} children do not fit into {sizes.size} households.")
    return counts


def _chances(size: int) -> Reals:
    if size == 1:
        return np.ones(1)
    table = CHILDREN_BY_SIZE[min(size, max(CHILDREN_BY_SIZE))]
    return np.array([*table, *[0.002] * (size - len(table))])


def _tilted(chances: Reals, tilt: float) -> Reals:
    raised = chances * np.exp(tilt * np.arange(chances.size))
    return np.asarray(raised / raised.sum())


def _tilt(households: dict[int, int], chances: dict[int, Reals], children: int) -> float:
    """The tilt towards more or fewer children at which the expected number is right."""
    low, high = -12.0, 12.0
    for _ in range(50):
        middle = (low + high) / 2
        expected = sum(
            n * float((_tilted(chances[s], middle) * np.arange(chances[s].size)).sum())
            for s, n in households.items()
        )
        low, high = (middle, high) if expected < children else (low, middle)
    return (low + high) / 2
