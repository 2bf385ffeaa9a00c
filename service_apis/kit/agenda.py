"""The agenda: what falls due as council time passes, and what one service hears of another.

A service's ``lifecycle.py`` holds ``lifecycle = Lifecycle()`` and decorates its handlers::

    @lifecycle.due("reminder_run")
    def run_reminders(work: Work, due: Due) -> None: ...

    @lifecycle.on("virtual-council.residents.resident.moved")
    def follow_a_move(work: Work, event: Event) -> None: ...

Advancing the clock takes the earliest entry of the agenda, sets the clock to its instant, runs
its handler and commits, then takes the next: so a stop at any moment leaves a council that is
right for the time its clock shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from service_apis.kit.clock import at
from service_apis.kit.events import Event

if TYPE_CHECKING:
    from service_apis.kit.work import Work


@dataclass(frozen=True, slots=True)
class Due:
    """Something that falls due: ``at`` an instant, for the ``subject`` (a reference or a date)."""

    at: datetime
    kind: str
    subject: str


DueHandler = Callable[["Work", Due], None]
EventHandler = Callable[["Work", Event], None]
Resumption = Callable[["Work", str], None]


class Lifecycle:
    """A service's handlers: of what falls due, of the events of others, and of cases taken back."""

    def __init__(self) -> None:
        self.due_handlers: dict[str, DueHandler] = {}
        self.event_handlers: dict[str, EventHandler] = {}
        self.resumptions: list[Resumption] = []

    def due(self, kind: str) -> Callable[[DueHandler], DueHandler]:
        """Declare the handler of one kind of agenda entry."""

        def declare(handler: DueHandler) -> DueHandler:
            self.due_handlers[kind] = handler
            return handler

        return declare

    def on(self, *event_types: str) -> Callable[[EventHandler], EventHandler]:
        """Declare the handler of types of events, such as ``virtual-council.residents.resident.moved``."""

        def declare(handler: EventHandler) -> EventHandler:
            self.event_handlers |= dict.fromkeys(event_types, handler)
            return handler

        return declare

    def resumes(
        self,
        kind: str,
        table: type[Any],
        day: str,
        time_of_day: time,
        status: str | None = None,
        *,
        by_day: bool = False,
    ) -> None:
        """Declare what is planned for a case once another's account of it was taken in.

        On the ``day`` that the case names, at a time of day in London, something of ``kind`` falls due, while
        it names one and is in the ``status``, where that is given. Its subject is the case's key, or the day.
        Something may be on the agenda for it already: an entry too many must change nothing.
        """

        def plan(work: Work, key: str) -> None:
            case: Any = work.session.get(table, key)
            on: date | None = None if case is None else getattr(case, day)
            if on is not None and (status is None or case.status == status):
                work.schedule(max(at(on, time_of_day), work.now), kind, on.isoformat() if by_day else key)

        self.resumptions.append(plan)
