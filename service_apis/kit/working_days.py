"""Working days of councils in England and Wales: not a Saturday, a Sunday or a bank holiday."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

FIRST_YEAR, LAST_YEAR = 1980, 2099
"""The years whose bank holidays are known: since they were as many as now, and as far as is reckoned."""


@cache
def bank_holidays(year: int) -> dict[date, str]:
    """The bank holidays of one year in England and Wales with their names, by date.

    Source: the ``holidays`` library, which follows the Banking and Financial Dealings Act 1971
    and proclamations, substitute days included.
    """
    # Imported here because it costs a sixth of a second, which starting a server need not wait for.
    from holidays.countries.united_kingdom import UnitedKingdom

    return dict(UnitedKingdom(subdiv="ENG", years=year).items())  # type: ignore[no-untyped-call]


def is_bank_holiday(day: date) -> bool:
    """Whether the day is a bank holiday in England and Wales."""
    return day in bank_holidays(day.year)


def is_working_day(day: date) -> bool:
    """Whether a council's offices are open on the day."""
    return day.weekday() < 5 and not is_bank_holiday(day)


def add_working_days(day: date, count: int) -> date:
    """The day that lies ``count`` working days after ``day`` (not counting ``day`` itself)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after ``start``, up to and including ``end``."""
    days = (end - start).days
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))
