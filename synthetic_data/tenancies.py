"""Since when households have lived where they live, and since when empty homes are empty."""

from __future__ import annotations

from datetime import date

import numpy as np

from synthetic_data.assumptions import MOVED_IN_YEARS
from synthetic_data.quotas import Flags, Integers
from synthetic_data.town import TENURES, Dates

_YEAR = 365.25
_SIX_MONTHS = 183


def moved_in(tenure: Integers, settlers_born: Dates, as_of: date, rng: np.random.Generator) -> Dates:
    """The date each household moved in, by tenure; never before both of a couple were of age.

    ``settlers_born`` is the birth date of the household's head or partner, whoever is younger.
    """
    mean = np.array([MOVED_IN_YEARS[name] for name in TENURES])[tenure]
    today = np.datetime64(as_of, "D")
    of_age = np.maximum((today - settlers_born).astype(np.int64) - round(18 * _YEAR), 2)
    days = rng.exponential(1.0, tenure.size) * mean * _YEAR
    days = np.where(days > of_age, rng.random(tenure.size) * of_age, days)
    return np.asarray(today - np.maximum(days.astype(np.int64), 1))


def empty_since(empty: Flags, over_six_months: float, as_of: date, rng: np.random.Generator) -> Dates:
    """When each empty home became empty; ``over_six_months`` is the share that stood so long."""
    number = int(empty.sum())
    long = np.arange(number) < round(over_six_months * number)
    days = np.where(
        long,
        _SIX_MONTHS + 1 + rng.exponential(700.0, number).astype(np.int64),
        rng.integers(1, _SIX_MONTHS, number),
    )
    since = np.full(empty.size, np.datetime64("NaT", "D"))
    since[empty] = np.datetime64(as_of, "D") - rng.permutation(days)
    return since
