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
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table

from service_apis.kit.events import Event

if TYPE_CHECKING:
    from service_apis.kit.work import Work


@dataclass(frozen=True, slots=True)
class Due:
    """Something that falls due: ``at`` an instant, for the ``subject`` (a reference or a date)."""

    at: datetime
    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to come of a case: in which table it is, and when its ``kind`` falls due, if it does."""

    kind: str
    table: Table
    when: Callable[[Any], datetime | None]


DueHandler = Callable[["Work", Due], None]
EventHandler = Callable[["Work", Event], None]


class Lifecycle:
    """A service's handlers: of what falls due, and of the events of others."""

    def __init__(self) -> None:
        self.due_handlers: dict[str, DueHandler] = {}
        self.event_handlers: dict[str, EventHandler] = {}
        self.planned: list[Planned] = []

    def due(
        self, kind: str, of: Any = None, when: Callable[[Any], datetime | None] = lambda case: None
    ) -> Callable[[DueHandler], DueHandler]:
        """Declare the handler of one kind of agenda entry.

        Where it is ``of`` a model's cases, ``when`` says when it falls due for one. By that it is put on the
        agenda again for a case that another kept for a while: an entry too many must change nothing.
        """

        def declare(handler: DueHandler) -> DueHandler:
            self.due_handlers[kind] = handler
            if of is not None:
                self.planned.append(Planned(kind, of.__table__, when))
            return handler

        return declare

    def on(self, *event_types: str) -> Callable[[EventHandler], EventHandler]:
        """Declare the handler of types of events, such as ``virtual-council.residents.resident.moved``."""

        def declare(handler: EventHandler) -> EventHandler:
            self.event_handlers |= dict.fromkeys(event_types, handler)
            return handler

        return declare
