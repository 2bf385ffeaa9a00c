"""When bins are emptied: working days, and each round's days with the bank holidays in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from defects import broken
from holidays.countries.united_kingdom import UnitedKingdom

LONDON, DAY = ZoneInfo("Europe/London"), timedelta(days=1)
STREAMS = ("refuse", "recycling", "food", "garden")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
CREWS_FINISH, CREWS_RETURN = time(15), time(14)
GARDEN_SEASON = range(3, 12)
MONDAY_OF_A_WEEK_1 = date(2020, 1, 6)


def at(day: date, hour: time) -> datetime:
    """The instant at which London's clocks show that hour on a day."""
    zone = UTC if broken("summer-time-forgotten") else LONDON
    return datetime.combine(day, hour, zone).astimezone(UTC)


@cache
def bank_holidays(year: int, country: str = "ENG") -> dict[date, str]:
    """The bank holidays of a year by date, with their names."""
    return dict(UnitedKingdom(subdiv=country, years=year).items())


def is_working_day(day: date) -> bool:
    """Whether it is neither a weekend's day nor a bank holiday in England."""
    if broken("bank-holidays-forgotten"):
        return day.weekday() < 5
    country = "SCT" if broken("bank-holidays-of-scotland") else "ENG"
    return day.weekday() < 5 and day not in bank_holidays(day.year, country)


def working_days_after(day: date, count: int) -> date:
    """The working day that comes so many after a day."""
    while count:
        day += DAY
        count -= is_working_day(day)
    return day


@cache
def days_worked(year: int) -> dict[date, date]:
    """Each day of a year on which crews are out, with the usual day of the rounds that they do on it.

    Rounds keep their order, one weekday's rounds a day. After a bank holiday they are late until a Saturday
    has let them catch up; what Christmas leaves behind is worked off in January, so December is counted in.
    """
    worked: dict[date, date] = {}
    usual, free = date(year - 1, 12, 1), date(year - 1, 12, 1)
    while usual.year <= year:
        if usual.weekday() < 5:
            free = max(free, usual)
            while free.weekday() == 6 or free in bank_holidays(free.year):
                free += DAY
            worked[free] = usual
            free += DAY
        usual += DAY
    return worked


def moved_for(day: date, usual: date) -> str | None:
    """The bank holiday because of which the rounds of a usual day are done on another day."""
    if day == usual:
        return None
    before = (usual - back * DAY for back in range(21))
    return next((bank_holidays(each.year)[each] for each in before if each in bank_holidays(each.year)), None)


def streams_on(usual: date, refuse_week: int) -> tuple[str, ...]:
    """What a round takes on its usual day: refuse in every other week, recycling in those between."""
    if 1 + (usual - MONDAY_OF_A_WEEK_1).days // 7 % 2 == refuse_week:
        return ("refuse", "food")
    return ("recycling", "food", "garden") if usual.month in GARDEN_SEASON else ("recycling", "food")


def turns(first: date, last: date, weekday: str, refuse_week: int) -> Iterator[tuple[date, date, str]]:
    """What a round takes in a period: the day, the usual day and the stream of each, in order."""
    for ahead in range((last - first).days + 1):
        day = first + ahead * DAY
        usual = days_worked(day.year).get(day)
        if usual is not None and WEEKDAYS[usual.weekday()] == weekday:
            yield from ((day, usual, stream) for stream in streams_on(usual, refuse_week))
