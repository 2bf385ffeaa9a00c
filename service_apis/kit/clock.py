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
