"""Dates of birth as they are mistaken: day and month the wrong way round, or two digits of the year."""

from __future__ import annotations

from datetime import date

import numpy as np

from synthetic_data.assumptions_of_mess import OLDEST_YEARS
from synthetic_data.town import Dates, Flags

ADULT = 18


def transposed(born: Dates, as_of: date) -> Dates:
    """Each date as it could be mistaken, NaT where it could not.

    Day and month change places where the day is no later than the 12th; else the last two digits of the
    year do. A clerk would notice a date to come, one too long ago, and a child taken for an adult or the
    other way round: none of these is given.
    """
    months = born.astype("datetime64[M]")
    year, month = months.astype("datetime64[Y]").astype(np.int64) + 1970, months.astype(np.int64) % 12 + 1
    day = (born - months.astype("datetime64[D]")).astype(np.int64) + 1
    turned = (day <= 12) & (day != month)
    tens, ones = year % 100 // 10, year % 10
    mistaken = _dates(
        np.where(turned, year, year - year % 100 + ones * 10 + tens),
        np.where(turned, day, month),
        np.where(turned, month, day),
    )
    noticed = (mistaken > np.datetime64(as_of)) | (mistaken < _years_before(as_of, OLDEST_YEARS))
    of_age = _years_before(as_of, ADULT)
    noticed |= (mistaken <= of_age) != (born <= of_age)
    return np.where(noticed | (mistaken == born), np.datetime64("NaT", "D"), mistaken)


def _dates(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> Dates:
    """The dates of these days, NaT for the 29th of February of a common year."""
    months = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    dates = months.astype("datetime64[D]") + (day - 1)
    outside: Flags = dates.astype("datetime64[M]") != months
    return np.where(outside, np.datetime64("NaT", "D"), dates)


def _years_before(day: date, years: int) -> np.datetime64:
    return np.datetime64(day.replace(year=day.year - years, day=min(day.day, 28)))
