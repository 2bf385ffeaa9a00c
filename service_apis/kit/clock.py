"""Council time. The machine's clock has no part in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
OFFICE_OPENS = time(9, 0)


@dataclass(frozen=True, slots=True)
class Clock:
    """What the council's clock shows. ``now`` is an aware UTC instant."""

    now: datetime

    @property
    def today(self) -> date:
        """The date in London, which is the date that deadlines and bills go by."""
        return self.now.astimezone(LONDON).date()


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
