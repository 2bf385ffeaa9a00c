"""Weekly rounds: on which day each weekday's rounds are done, with bank holidays and the weeks after them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from service_apis.kit.working_days import bank_holidays, is_bank_holiday

DAY = timedelta(days=1)


@cache
def round_days(year: int) -> dict[date, date]:
    """The day on which each weekday's rounds of one year are done.

    The rule: rounds keep their order, one weekday's rounds a day, never on a Sunday or a bank holiday, on
    a Saturday only to catch up. So after a Monday holiday the whole week is a day late, Good Friday's rounds
    go on the Saturday, and what Christmas leaves behind is worked off in January.
    """
    done, days = date(year - 1, 11, 30), {}
    for due in (date(year - 1, 12, 1) + ahead * DAY for ahead in range(31 + 366)):
        if due.weekday() < 5:
            done = max(due, done + DAY)
            while done.weekday() == 6 or is_bank_holiday(done):
                done += DAY
            days[due] = done
    return days


@cache
def usual_day(day: date) -> date | None:
    """The weekday whose rounds are done on a day, or None if no crew is out."""
    recent = (day - back * DAY for back in range(8))
    return next((each for each in recent if round_days(each.year).get(each) == day), None)


def moved(day: date) -> tuple[date, str | None]:
    """The weekday whose rounds are done on a day, and the bank holiday that moved them, if one did."""
    usual = usual_day(day) or day
    before = (usual - back * DAY for back in range(21 if usual < day else 0))
    why = next((bank_holidays(each.year)[each] for each in before if is_bank_holiday(each)), None)
    return usual, why
