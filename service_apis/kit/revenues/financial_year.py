"""The financial year, 1 April to 31 March, and shares of a yearly charge in pence."""

from __future__ import annotations

from datetime import date


def year_of(day: date) -> int:
    """The financial year of a day, called by the year it begins in: 1 April 2026 is in 2026."""
    return day.year if day.month >= 4 else day.year - 1


def begins(year: int) -> date:
    """The 1st of April that a financial year begins with."""
    return date(year, 4, 1)


def months_on(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where that one is shorter."""
    count = day.month - 1 + months
    first = date(day.year + count // 12, count % 12 + 1, 1)
    last = (date(first.year + first.month // 12, first.month % 12 + 1, 1) - first).days
    return first.replace(day=min(day.day, last))


def part(pence: int, numerator: int, denominator: int) -> int:
    """``numerator/denominator`` of an amount, to the nearest penny, halves up."""
    return (2 * pence * numerator + denominator) // (2 * denominator)


def share_of_year(annual_pence: int, since: date, until: date, percent: int = 100) -> int:
    """What a yearly charge comes to for the days from ``since`` to before ``until`` of one financial year.

    A day counts a 365th, or a 366th where the year has a 29th of February. A negative ``percent``
    gives what a discount takes off.
    """
    year = year_of(since)
    days = (begins(year + 1) - begins(year)).days
    share = part(annual_pence, (until - since).days * abs(percent), days * 100)
    return share if percent > 0 else -share
