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
from typing import TYPE_CHECKING

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
ResumeHandler = Callable[["Work", str], None]


class Lifecycle:
    """A service's handlers: of what falls due, of the events of others, and of cases taken back."""

    def __init__(self) -> None:
        self.due_handlers: dict[str, DueHandler] = {}
        self.event_handlers: dict[str, EventHandler] = {}
        self.resume_handler: ResumeHandler | None = None

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

    def resumed(self, handler: ResumeHandler) -> ResumeHandler:
        """Declare what plans the rest of a case, by its reference, once another's account of it was taken in.

        Something may be on the agenda for it already: an entry too many must change nothing.
        """
        self.resume_handler = handler
        return handler
