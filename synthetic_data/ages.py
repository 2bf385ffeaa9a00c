"""Everybody's age and sex, and the dates of birth that follow from them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from synthetic_data.profiles import AGE_BANDS
from synthetic_data.quotas import Integers, Reals, quotas
from synthetic_data.town import SEXES, Dates

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

_LATE_LIFE = 4.6
"""Mean further years of those past the first age of the last band."""


def ages_and_sexes(profile: Profile, residents: int) -> tuple[Integers, Integers]:
    """Age at the as-of date and row of SEXES of each resident, by sex and then by age."""
    counts = np.array([profile.residents_by_age[sex] for sex in SEXES], dtype=np.float64)
    people = quotas(residents, counts.ravel()).reshape(counts.shape)
    ages = [_years_of_age(counts[sex], people[sex]) for sex in range(len(SEXES))]
    sexes = np.repeat(np.arange(len(SEXES), dtype=np.int8), people.sum(axis=1))
    return np.concatenate(ages), sexes


def _years_of_age(published: Reals, people: Integers) -> Integers:
    """Spread each band over its years, leaning towards the fuller neighbouring band."""
    years = []
    for band, (first, last) in enumerate(AGE_BANDS):
        count = int(people[band])
        place = (np.arange(count) + 0.5) / max(count, 1)
        if band == len(AGE_BANDS) - 1:
            beyond = -np.log1p(-place) * _LATE_LIFE
            years.append(np.minimum(first + beyond.astype(np.int16), last))
            continue
        before = published[band - 1] if band else published[band]
        lean = (published[band + 1] - before) / (2 * max(published[band], 1.0))
        years.append((first + 5 * _lean(place, float(np.clip(lean, -1.6, 1.6)))).astype(np.int16))
    return np.concatenate(years).astype(np.int16)


def _lean(place: Reals, lean: float) -> Reals:
    """Quantiles of the straight-line density 1 + lean (x - 1/2) on [0, 1)."""
    if abs(lean) < 1e-6:
        return place
    half = 1 - lean / 2
    return np.asarray(np.minimum((np.sqrt(half * half + 2 * lean * place) - half) / lean, 1 - 1e-9))


def born_on(age: Integers, days_past: Integers, as_of: date) -> Dates:
    """Dates of birth of people of these ages, this many days (0 to 364) past their last birthday."""
    day = 28 if (as_of.month, as_of.day) == (2, 29) else as_of.day
    months = (as_of.year - 1970 - age.astype(np.int64)) * 12 + as_of.month - 1
    birthday = months.astype("datetime64[M]").astype("datetime64[D]") + (day - 1)
    return np.asarray(birthday - days_past)


def days_past_birthday(age: Integers, family: Integers, rng: np.random.Generator) -> Integers:
    """Days since each person's last birthday, such that brothers and sisters are a year apart or twins.

    ``family`` is the household of those who are children together, -1 for all others.
    """
    days = rng.integers(0, 365, age.size)
    children = np.flatnonzero(family >= 0)
    by_day = children[np.lexsort((days[children], family[children]))]
    by_age = children[np.lexsort((age[children], family[children]))]
    spread = days[by_day]
    twins = (family[by_age][1:] == family[by_age][:-1]) & (age[by_age][1:] == age[by_age][:-1])
    first = np.maximum.accumulate(np.where(np.concatenate([[True], ~twins]), np.arange(by_age.size), 0))
    days[by_age] = spread[first] if children.size else spread
    return days
