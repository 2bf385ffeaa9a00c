"""Council time. The machine's clock has no part in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
OFFICE_OPENS = time(9, 0)
LAST_INSTANT = datetime(2099, 12, 31, tzinfo=UTC)
"""Where every council's clock stops: bank holidays are not known for longer."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What the council's clock shows. ``now`` is an aware UTC instant."""

    now: datetime

    @property
    def today(self) -> date:
        """The date in London, which is the date that deadlines and bills go by."""
        return self.now.astimezone(LONDON).date()


@dataclass(slots=True)
class Pace:
    """How a clock runs: ``speed`` seconds of council time in each of ``seconds``, a clock of the machine's.

    It showed ``since`` when that clock showed ``began``.
    """

    speed: float
    seconds: Callable[[], float]
    since: datetime
    began: float

    @property
    def now(self) -> datetime:
        """The instant that has come by now."""
        return self.since + timedelta(seconds=(self.seconds() - self.began) * self.speed)

    def go_on_from(self, instant: datetime) -> None:
        """Leave out what lies before an instant, if that has not come yet."""
        if instant > self.now:
            self.since, self.began = instant, self.seconds()


def at(day: date, hour: time = OFFICE_OPENS) -> datetime:
    """The instant of a London wall-clock time on a day, as UTC. Offices open at nine."""
    return datetime.combine(day, hour, LONDON).astimezone(UTC)


def instant_of(text: str) -> datetime:
    """The UTC instant of a W3C date and time. Raises ValueError where it is none or has no zone."""
    # A plus sign that was not escaped in an address arrives as a space.
    moment = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no zone; end it with Z, or with an offset such as +01:00")
    try:
        return moment.astimezone(UTC)
    except OverflowError as outside:
        raise ValueError(f"{text} lies outside the years that can be reckoned with") from outside
