"""Working days in England and Wales: neither weekends nor bank holidays."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from defects import wrong

LONDON = ZoneInfo("Europe/London")
DAY_ENDS = time(15, 0)
"""When the crews' work of a day is written up."""
_MOVED = {1995: (5, 8), 2020: (5, 8)}
"""Years in which the early May holiday marked VE Day instead."""
_SPRING_MOVED = {2002: (6, 4), 2012: (6, 4), 2022: (6, 2)}
_ONCE = {
    (1981, 7, 29), (1999, 12, 31), (2002, 6, 3), (2011, 4, 29), (2012, 6, 5), (2022, 6, 3), (2022, 9, 19),
    (2023, 5, 8),
}  # fmt: skip
"""Weddings, jubilees, a funeral, a coronation and a millennium."""


def end_of(day: date) -> int:
    """The instant at which a working day is written up, in seconds since 1970."""
    return int(datetime.combine(day, DAY_ENDS, LONDON).timestamp())


def day_of(instant: int) -> date:
    """The date in London at an instant."""
    return datetime.fromtimestamp(instant, UTC).astimezone(LONDON).date()


def after(day: date, count: int) -> date:
    """The day that lies so many working days after another."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and (day not in bank_holidays(day.year) or wrong("bank-holidays-worked"))
    return day


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of a year, substitute days for those at a weekend included."""
    easter = _easter(year)
    days = {easter - timedelta(days=2), easter + timedelta(days=1)}
    days.add(date(year, *_MOVED[year]) if year in _MOVED else _monday_from(date(year, 5, 1)))
    days.add(date(year, *_SPRING_MOVED[year]) if year in _SPRING_MOVED else _monday_from(date(year, 5, 25)))
    days.add(_monday_from(date(year, 8, 25)))
    days |= {date(*once) for once in _ONCE if once[0] == year}
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while fixed.weekday() > 4 or fixed in days:
            fixed += timedelta(days=1)
        days.add(fixed)
    return frozenset(days)


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian computus."""
    century, within = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (within // 4) - moon - within % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
