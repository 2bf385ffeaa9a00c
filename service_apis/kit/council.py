"""One opened council: its file, its clock, and the work done on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from service_apis.kit.advancing import Advance, Happening
from service_apis.kit.agenda import Lifecycle
from service_apis.kit.clock import Clock
from service_apis.kit.db import open_engine
from service_apis.kit.hearing import hear_all
from service_apis.kit.records import ClockReading, DueEntry, Fact
from service_apis.kit.service import Service
from service_apis.kit.work import Work


class Council:
    """One council's file, opened by one process.

    ``name`` is its slug, ``facts`` what it is shaped like and was built from. Writes take turns
    (``writing_turn``), so that none waits inside SQLite while holding up the event loop.
    """

    def __init__(self, name: str, file: Path, services: Mapping[str, Service]) -> None:
        self.name = name
        self.file = file
        self.services = services
        self.writing_turn = asyncio.Lock()
        self._engine = open_engine(file)
        self._readers: list[Connection] = []
        self._writes = self._engine.execution_options(writing=True)
        self.lifecycles: dict[str, Lifecycle] = {
            slug: service.lifecycle for slug, service in services.items() if service.lifecycle
        }
        self._heard_types = {
            event_type for lifecycle in self.lifecycles.values() for event_type in lifecycle.event_handlers
        }
        with Session(self._engine) as session:
            self.facts: dict[str, Any] = {row.name: row.value for row in session.scalars(select(Fact))}
            self.clock = Clock(session.scalars(select(ClockReading.now)).one())

    def close(self) -> None:
        """Close the file. The council cannot be used afterwards."""
        for connection in self._readers:
            connection.close()
        self._engine.dispose()

    @contextmanager
    def reading(self, service: str, base_url: str = "") -> Iterator[Work]:
        """Work that only reads, for one service (its URL name)."""
        # Kept open between reads: to take one from the engine's pool costs as much as the read itself.
        connection = self._readers.pop() if self._readers else self._engine.connect()
        work = Work(connection, self.clock, service, base_url=base_url)
        try:
            yield work
        finally:
            work.finish(keep=False)
            connection.rollback()
            self._readers.append(connection)

    @contextmanager
    def writing(self, service: str, if_match: str | None = None, base_url: str = "") -> Iterator[Work]:
        """Work that may write, in one transaction: committed at the end, or not at all.

        Whoever calls it from the event loop holds ``writing_turn``.
        """
        with self._writes.connect() as connection, connection.begin() as transaction:
            work = Work(connection, self.clock, service, if_match, base_url)
            try:
                yield work
                work.finish(keep=True)
            except BaseException:
                transaction.rollback()
                work.finish(keep=False)
                raise

    def deliver_events(self, recorded: Collection[str] | None = None) -> None:
        """Let every service hear the events that it has not heard yet, those of its hearing included.

        ``recorded`` names the types of those just recorded: most are heard by nobody, and then
        nothing is looked up.
        """
        if recorded is None or self.is_heard(recorded):
            hear_all(self.lifecycles, self.reading, self.writing)

    def is_heard(self, recorded: Collection[str]) -> bool:
        """Whether a service hears any of these types of events; most are heard by none."""
        return not self._heard_types.isdisjoint(recorded)

    def next_due(self) -> datetime | None:
        """The instant of the earliest entry on the agenda, or None when it is empty."""
        with self.reading("clock") as work:
            return work.session.scalar(select(DueEntry.at).order_by(DueEntry.at, DueEntry.id).limit(1))

    def advance(
        self, until: datetime, stop_at: Callable[[Happening], bool] | None = None
    ) -> list[Happening]:
        """Advance the clock, working through everything that falls due on the way, in order.

        Where ``stop_at`` is given, the clock stops at the first thing that it says yes to. Raises
        ClockGoesForward if ``until`` lies before the present.
        """
        return Advance(self, until, stop_at).run()
