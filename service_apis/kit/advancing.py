"""Advancing: a council's clock moved on, and everything that falls due on the way worked through, in order.

Many entries of the agenda share one transaction, since to commit each would take longer than most of
them do. The clock is kept in the same transaction, at the time of the last of them. So a stop at any
moment leaves a council that is right for the time its clock shows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from service_apis.kit.agenda import Due
from service_apis.kit.clock import Clock
from service_apis.kit.hearing import hear_all
from service_apis.kit.problems import Unprocessable
from service_apis.kit.records import ClockReading, DueEntry
from service_apis.kit.work import Work

if TYPE_CHECKING:
    from service_apis.kit.council import Council

MOST_ENTRIES, MOST_ROWS = 500, 50_000
"""What one transaction holds: so many entries, or fewer if they change so many rows. A kill takes no more
than that back."""
READ_AT_ONCE = 100
"""How many entries of the agenda are read together."""

_AGENDA = DueEntry.__table__.c
_COMING = (
    select(DueEntry.__table__)
    .where(_AGENDA.at <= bindparam("until"))
    .order_by(_AGENDA.at, _AGENDA.id)
    .limit(bindparam("most"))
)
_TAKE_OFF = "DELETE FROM council_agenda WHERE id = ?"
KEEP = update(ClockReading).values(now=bindparam("shown"))


class ClockGoesForward(Unprocessable):
    """The council's clock never goes back. Advance it to a later instant."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that fell due while the clock was advanced."""

    at: datetime
    service: str
    kind: str
    subject: str


@dataclass
class Advance:
    """One advance of a council's clock, ``until`` an instant or, if it comes before, what ``stop_at`` names.

    Whoever runs it has the council's turn to write.
    """

    council: Council
    until: datetime
    stop_at: Callable[[Happening], bool] | None = None
    happened: list[Happening] = field(default_factory=list)
    """What fell due so far, in order."""

    def run(self) -> list[Happening]:
        """Work through it all and give what happened.

        What a handler raises is raised here: all that came before is then kept, and nothing of the entry
        that failed.
        """
        more = True
        while more:
            before, done = len(self.happened), False
            try:
                more = self._work_through(MOST_ENTRIES)
                done = True
            finally:
                if not done:
                    self._again(before)
        return self.happened

    def _again(self, before: int) -> None:
        """Work once more through what was undone with the entry that failed, though it came before that."""
        undone = len(self.happened) - before
        del self.happened[before:]
        for _ in range(undone):
            self._work_through(1)

    def _work_through(self, most: int) -> bool:
        """Work through so many entries in one transaction, and say whether there may be more."""
        clock, until = self.council.kept, self.until
        with self.council.writing("clock") as batch:
            more, most_rows = True, _rows_changed(batch) + MOST_ROWS
            coming: deque[Any] = deque()
            for _ in range(most):
                if not coming:
                    at_once = {"until": self.until, "most": min(most, READ_AT_ONCE)}
                    coming.extend(batch.connection.execute(_COMING, at_once))
                if not coming:
                    clock, more = Clock(self.until), False
                    break
                entry = coming.popleft()
                clock = Clock(max(entry.at, clock.now))
                self._let_happen(batch, entry, clock)
                if batch.scheduled is not None or self.until < until:
                    # What was put on the agenda meanwhile may come before what was read of it.
                    batch.scheduled, until = None, self.until
                    coming.clear()
                if _rows_changed(batch) > most_rows:
                    break
            batch.connection.execute(KEEP, {"shown": clock.now})
            batch.clock = clock
        self.council.show(clock)
        return more

    def _let_happen(self, batch: Work, entry: Any, clock: Clock) -> None:
        happening = Happening(entry.at, entry.service, entry.kind, entry.subject)
        lifecycles = self.council.lifecycles
        with _part_of(batch, clock, self.council.services[entry.service].url_name) as work:
            # Straight to the driver: through SQLAlchemy it would cost as much as a light entry.
            work.connection.connection.cursor().execute(_TAKE_OFF, (entry.id,))
            due = Due(entry.at, entry.kind, entry.subject)
            lifecycles[entry.service].due_handlers[entry.kind](work, due)
        if self.council.is_heard(work.recorded):
            opening = partial(_part_of, batch, clock)
            hear_all(lifecycles, opening, opening)
        self.happened.append(happening)
        if self.stop_at is not None and self.stop_at(happening):
            self.until = clock.now


@contextmanager
def _part_of(batch: Work, clock: Clock, service: str) -> Iterator[Work]:
    """Work for one service within the transaction of the batch."""
    work, kept = Work(batch.connection, clock, service, is_told=batch.is_told), False
    try:
        yield work
        kept = True
    finally:
        work.finish(kept)
    batch.recorded |= work.recorded
    batch.scheduled = work.scheduled or batch.scheduled


def _rows_changed(work: Work) -> int:
    """How many rows its connection has changed since it was opened."""
    driver: Any = work.connection.connection.driver_connection
    changed: int = driver.total_changes
    return changed
