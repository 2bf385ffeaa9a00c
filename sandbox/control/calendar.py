"""A council's calendar: its working days, and the bank holidays between them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from sandbox.control.access import READ, ControlCaller, NamedCouncil
from sandbox.control.clock_shapes import BankHoliday, CalendarDay, CalendarShown
from service_apis.kit.problems import Unprocessable
from service_apis.kit.working_days import (
    FIRST_YEAR,
    LAST_YEAR,
    add_working_days,
    bank_holidays,
    is_working_day,
)

router = APIRouter()
DAYS_UNLESS_SAID, MOST_DAYS, MOST_WORKING_DAYS = 28, 400, 2_500

FirstDay = Annotated[date | None, Query(alias="from", description="The first day; today, if left out.")]
LastDay = Annotated[
    date | None, Query(alias="to", description="The last day; four weeks from the first, if left out.")
]
After = Annotated[
    int | None,
    Query(
        ge=0,
        le=MOST_WORKING_DAYS,
        description="Tell which day lies so many working days after the first, which is not counted.",
    ),
]


class CalendarRefused(Unprocessable):
    """A calendar has 1 to 400 days, all of them in years whose bank holidays are known."""


@router.get("/councils/{council}/calendar", operation_id="read_calendar", responses=READ)
async def read_calendar(
    council: NamedCouncil,
    caller: ControlCaller,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    working_days_after: After = None,
) -> CalendarShown:
    """The working days and bank holidays of a period, and the day so many working days after its first."""
    first = first_day or council.clock.today
    last = last_day or min(first, date(LAST_YEAR, 12, 1)) + timedelta(days=DAYS_UNLESS_SAID - 1)
    _refuse_impossible(first, last)
    days = [_shown(first + timedelta(days=ahead)) for ahead in range((last - first).days + 1)]
    return CalendarShown(
        today=council.clock.today,
        first_day=first,
        last_day=last,
        working_days=sum(each.working_day for each in days),
        bank_holidays=[
            BankHoliday(day=each.day, name=each.bank_holiday)
            for each in days
            if each.bank_holiday is not None
        ],
        days=days,
        working_days_after=working_days_after,
        lands_on=None if working_days_after is None else _landing(first, working_days_after),
    )


def _refuse_impossible(first: date, last: date) -> None:
    if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
        raise CalendarRefused(f"Bank holidays are known from {FIRST_YEAR} to {LAST_YEAR}; ask within those")
    if not first <= last <= first + timedelta(days=MOST_DAYS - 1):
        raise CalendarRefused(
            f"{first} to {last} is no period of 1 to {MOST_DAYS} days; let `to` be a day from {first} on"
        )


def _shown(day: date) -> CalendarDay:
    holiday = bank_holidays(day.year).get(day)
    return CalendarDay(day=day, weekday=f"{day:%A}", working_day=is_working_day(day), bank_holiday=holiday)


def _landing(first: date, count: int) -> date:
    """The working day wanted. Raises CalendarRefused where it lies in a year that nothing is known of."""
    landing = add_working_days(first, count)
    if landing.year > LAST_YEAR:
        raise CalendarRefused(
            f"Working days are counted up to {LAST_YEAR}; ask for fewer, or of an earlier day"
        )
    return landing
