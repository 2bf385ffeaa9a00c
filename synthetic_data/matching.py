"""Finding the people whose ages are nearest to those wanted."""

from __future__ import annotations

import numpy as np

from synthetic_data.quotas import Integers

_AGES = 160


def match_by_age(
    wanted: Integers, candidates: Integers, age: Integers, reach: int, rng: np.random.Generator
) -> Integers:
    """For each wanted age a different candidate no further than ``reach`` years off, or -1.

    ``candidates`` are rows of ``age``. Exact ages are served first, then those one year
    off, and so on, so that nobody takes a candidate who would suit another better.
    """
    wanted = np.clip(wanted, 0, _AGES - 1)
    demand = np.bincount(wanted, minlength=_AGES)
    supply = np.bincount(age[candidates], minlength=_AGES)
    asked, got, number = _meet(demand, supply, reach)
    asked = np.concatenate([asked, np.arange(_AGES)])
    got = np.concatenate([got, np.full(_AGES, -1)])
    number = np.concatenate([number, demand])
    by_wish = np.argsort(asked, kind="stable")
    shuffled = rng.permutation(wanted.size)
    given = np.empty(wanted.size, dtype=np.int64)
    given[shuffled[np.argsort(wanted[shuffled], kind="stable")]] = np.repeat(got[by_wish], number[by_wish])
    return _persons_of(given, candidates, age, rng)


def _meet(demand: Integers, supply: Integers, reach: int) -> tuple[Integers, Integers, Integers]:
    """Serve demand by age; leaves in ``demand`` what could not be met."""
    asked, got, number = [], [], []
    years = np.arange(_AGES)
    for distance in range(reach + 1):
        for offset in {distance: 0, -distance: 0}:
            target = years + offset
            inside = (target >= 0) & (target < _AGES)
            met = np.where(inside, np.minimum(demand, supply[np.clip(target, 0, _AGES - 1)]), 0)
            demand -= met
            supply[target[inside]] -= met[inside]
            some = met > 0
            asked.append(years[some])
            got.append(target[some])
            number.append(met[some])
    return np.concatenate(asked), np.concatenate(got), np.concatenate(number)


def _persons_of(given: Integers, candidates: Integers, age: Integers, rng: np.random.Generator) -> Integers:
    """Turn given ages into distinct candidates of those ages."""
    shuffled = rng.permutation(candidates)
    pool = shuffled[np.argsort(age[shuffled], kind="stable")]
    first = np.searchsorted(age[pool], np.arange(_AGES))
    order = np.argsort(given, kind="stable")
    ages = given[order]
    served = ages >= 0
    rank = np.arange(given.size) - np.searchsorted(ages, ages)
    persons = np.full(given.size, -1, dtype=np.int64)
    persons[order[served]] = pool[first[ages[served]] + rank[served]]
    return persons
