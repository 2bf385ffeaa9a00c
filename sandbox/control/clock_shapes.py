"""The shapes of a council's clock and calendar: how far it is to go, and what happened on the way."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints, model_validator

from service_apis.kit.schemas import Schema

FARTHEST = timedelta(days=3660)
"""How far a clock can be advanced at once."""
SLOWEST, FASTEST = 1, 604_800
"""Speeds at which a clock can run: as the machine's own, or up to a week in a second."""

_MONTHS_OR_YEARS = re.compile(r"P[^T]*[MY]", re.IGNORECASE)


def _of_fixed_length(told: Any) -> Any:
    if isinstance(told, str) and _MONTHS_OR_YEARS.match(told.strip()):
        raise ValueError("a month or a year has no fixed length; say days or weeks, such as P28D or P4W")
    return told


Word = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[a-z][a-z0-9_-]*$")]


class HappeningShown(Schema):
    """One thing that fell due, or will: at which instant, for which service, of which kind, about what."""

    at: AwareDatetime
    service: str
    kind: str
    subject: str


class ClockShown(Schema):
    """A council's clock, and the next things on its agenda.

    It stands still (``frozen``) unless it was told to run; ``speed`` is then how many seconds of council
    time pass in one of the machine's. ``next_due`` is the instant of the first thing in ``coming``.
    """

    now: AwareDatetime
    today: date
    frozen: bool
    speed: float | None
    next_due: AwareDatetime | None
    coming: list[HappeningShown]


class Run(Schema):
    """How fast the clock is to run: seconds of council time in one second. 60 is a minute in a second."""

    speed: Annotated[float, Field(ge=SLOWEST, le=FASTEST)]


class Advance(Schema):
    """How far to advance the clock: exactly one of the four.

    ``to`` an instant, ``by`` an ISO 8601 duration (``P3D``), ``by_working_days``, to the same time of day,
    or ``to_next_due``, with ``service`` and ``kind`` to the next thing of these alone.
    """

    to: AwareDatetime | None = None
    by: (
        Annotated[timedelta, BeforeValidator(_of_fixed_length), Field(ge=timedelta(0), le=FARTHEST)] | None
    ) = None
    by_working_days: Annotated[int, Field(ge=1, le=2_500)] | None = None
    to_next_due: bool = False
    service: Word | None = None
    kind: Word | None = None

    @model_validator(mode="after")
    def exactly_one(self) -> Advance:
        """Refuse none, or more than one, of the ways to say how far."""
        ways = [self.to is not None, self.by is not None, self.by_working_days is not None, self.to_next_due]
        if sum(ways) != 1:
            raise ValueError("name exactly one of to, by, by_working_days and to_next_due")
        if not self.to_next_due and (self.service or self.kind):
            raise ValueError("service and kind say which next thing is meant; send them with to_next_due")
        return self


class KindCount(Schema):
    """How many things of one kind fell due, the first when and the last when."""

    service: str
    kind: str
    count: int
    first: AwareDatetime
    last: AwareDatetime


class DayCount(Schema):
    """How many things of one kind fell due on one day."""

    day: date
    service: str
    kind: str
    count: int


class Advanced(Schema):
    """What the clock showed, what it shows now, and what fell due on the way, in order.

    ``happened`` lists at most the first 1,000 and ``happened_in_all`` counts them. ``by_kind`` counts all,
    the most frequent kind first; ``by_day`` counts them by day, at most 1,000 rows of ``days_in_all``.
    """

    was: AwareDatetime
    now: AwareDatetime
    today: date
    happened: list[HappeningShown]
    happened_in_all: int
    by_kind: list[KindCount]
    by_day: list[DayCount]
    days_in_all: int


class BankHoliday(Schema):
    """A bank holiday in England and Wales."""

    day: date
    name: str


class CalendarDay(Schema):
    """One day: whether the council's offices are open, and the bank holiday that it is, if any."""

    day: date
    weekday: str
    working_day: bool
    bank_holiday: str | None


class CalendarShown(Schema):
    """A period of a council's calendar, its last day included.

    ``lands_on`` is the day that lies ``working_days_after`` working days after ``first_day``, which is not
    counted itself; both are null unless asked for.
    """

    today: date
    first_day: date
    last_day: date
    working_days: int
    bank_holidays: list[BankHoliday]
    days: list[CalendarDay]
    working_days_after: int | None
    lands_on: date | None
