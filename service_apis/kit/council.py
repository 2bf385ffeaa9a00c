"""One opened council: its file, its clock, and the work done on it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from service_apis.kit.agenda import Due, Lifecycle
from service_apis.kit.clock import Clock
from service_apis.kit.db import copy_database, open_engine, put_in_place, remove_database
from service_apis.kit.events import Event
from service_apis.kit.problems import NotFound, Unprocessable
from service_apis.kit.records import ClockReading, DueEntry, EventRecord, Fact, Hearing
from service_apis.kit.service import Service
from service_apis.kit.work import Work


class ClockGoesForward(Unprocessable):
    """The council's clock never goes back. Advance it to a later instant."""


class CouncilGone(NotFound):
    """The council was deleted, or its lifetime ended, while the call was under way. Make another fork."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that fell due while the clock was advanced."""

    at: datetime
    service: str
    kind: str
    subject: str


class Council:
    """One council's file, opened by one process.

    ``name`` is its slug, ``facts`` what it is shaped like and was built from. Writes take turns (``turn``),
    so that none waits inside SQLite while holding up the event loop. ``generation`` counts how often the
    council was taken back to an earlier state: what it did after that state has then never happened.

    ``listeners`` are called after each commit that recorded events, by whichever thread committed;
    ``when_rewound`` after the council was taken back.
    """

    def __init__(self, name: str, file: Path, services: Mapping[str, Service]) -> None:
        self.name = name
        self.file = file
        self.services = services
        self.listeners: list[Callable[[], None]] = []
        self.when_rewound: list[Callable[[], None]] = []
        self._turn = asyncio.Lock()
        self._closed = False
        self._lifecycles: dict[str, Lifecycle] = {
            slug: service.lifecycle for slug, service in services.items() if service.lifecycle
        }
        self._heard_types = {
            event_type for lifecycle in self._lifecycles.values() for event_type in lifecycle.event_handlers
        }
        self._open()

    def _open(self) -> None:
        self._engine = open_engine(self.file)
        self._readers: list[Connection] = []
        self._writes = self._engine.execution_options(writing=True)
        self._as_made_is_kept = self.as_made.exists()
        with Session(self._engine) as session:
            self.facts: dict[str, Any] = {row.name: row.value for row in session.scalars(select(Fact))}
            self.clock = Clock(session.scalars(select(ClockReading.now)).one())

    def close(self) -> None:
        """Close the file. The council cannot be used afterwards."""
        self._closed = True
        self._close_file()

    def _close_file(self) -> None:
        for connection in self._readers:
            connection.close()
        self._engine.dispose()

    @property
    def generation(self) -> int:
        """How often the council was taken back to an earlier state."""
        generation: int = self.facts.get("generation", 0)
        return generation

    @property
    def generation_start(self) -> int:
        """The first position of events that is of the present generation."""
        return self._generation_starts[-1][0] if self._generation_starts else 1

    def generation_of(self, position: int) -> int:
        """The generation in which the event at a position was recorded, or would be."""
        passed = [generation for start, generation in self._generation_starts if start <= position]
        return passed[-1] if passed else 0

    @property
    def _generation_starts(self) -> list[list[int]]:
        """From which position on events are of which generation, in order; before the first, it is 0."""
        starts: list[list[int]] = self.facts.get("generation_starts", [])
        return starts

    @property
    def as_made(self) -> Path:
        """A copy of the file as it was when the council was built or forked, there once it was written to."""
        return self.file.with_suffix(".as-made")

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A turn to write, for whoever writes from the event loop. Raises CouncilGone."""
        async with self._turn:
            if self._closed:
                raise CouncilGone(f"{self.name} was deleted meanwhile; nothing was changed")
            if not self._as_made_is_kept:
                await asyncio.to_thread(self._keep_as_made)
            yield

    def _keep_as_made(self) -> None:
        """Before the first write, keep what the council was made as, to be able to return to it."""
        if not self._as_made_is_kept:
            unfinished = self.as_made.with_suffix(".as-made-unfinished")
            remove_database(unfinished)
            copy_database(self.file, unfinished)
            unfinished.rename(self.as_made)
            self._as_made_is_kept = True

    async def copy_to(self, copy: Path) -> None:
        """Copy the file as it stands between two writes to a path where nothing is yet."""
        async with self._turn:
            if self._closed:
                raise CouncilGone(f"{self.name} was deleted meanwhile; nothing was copied")
            await asyncio.to_thread(copy_database, self.file, copy)

    async def rewind_to(self, state: Path) -> None:
        """Take the council back to a state that was copied earlier; ``as_made`` is one.

        Whatever interrupts it, the file is either the one that was there or the one that was wanted. The
        next generation begins. Raises StillRead where another program reads the council.
        """
        async with self.turn():
            new = self.file.with_suffix(".rewinding")
            await asyncio.to_thread(self._next_generation, state, new)
            self._close_file()
            try:
                put_in_place(self.file, new)
            finally:
                self._open()
                remove_database(new)
        for tell in self.when_rewound:
            tell()

    def _next_generation(self, state: Path, new: Path) -> None:
        remove_database(new)
        copy_database(state, new)
        generation = self.generation + 1
        with closing(sqlite3.connect(new)) as connection, connection:
            starts = _starts_with(connection, generation)
            mine = {**self.facts, "generation": generation, "generation_starts": starts}
            for fact in ("name", "title", "generation", "generation_starts"):
                connection.execute(
                    "INSERT OR REPLACE INTO council_facts VALUES (?, ?)", (fact, json.dumps(mine[fact]))
                )

    @contextmanager
    def reading(self, service: str, base_url: str = "") -> Iterator[Work]:
        """Work that only reads, for one service (its URL name)."""
        if self._closed:
            raise CouncilGone(f"{self.name} was deleted meanwhile")
        # Kept open between reads: to take one from the engine's pool costs as much as the read itself.
        readers = self._readers
        connection = readers.pop() if readers else self._engine.connect()
        work = Work(connection, self.clock, service, base_url=base_url)
        try:
            yield work
        finally:
            work.finish(keep=False)
            connection.rollback()
            if readers is self._readers:
                readers.append(connection)
            else:
                connection.close()  # of the file that the council had before it was taken back

    @contextmanager
    def writing(self, service: str, if_match: str | None = None, base_url: str = "") -> Iterator[Work]:
        """Work that may write, in one transaction: committed at the end, or not at all.

        Whoever calls it from the event loop has the ``turn``.
        """
        if self._closed:
            raise CouncilGone(f"{self.name} was deleted meanwhile; nothing was changed")
        self._keep_as_made()
        with self._writes.connect() as connection, connection.begin() as transaction:
            work = Work(connection, self.clock, service, if_match, base_url)
            try:
                yield work
                work.finish(keep=True)
            except BaseException:
                transaction.rollback()
                work.finish(keep=False)
                raise
        if work.recorded:
            for tell in self.listeners:
                tell()

    def deliver_events(self, recorded: Collection[str] | None = None) -> None:
        """Let every service hear the events that it has not heard yet, those of its hearing included.

        ``recorded`` names the types of those just recorded: most are heard by nobody, and then
        nothing is looked up.
        """
        if recorded is not None and self._heard_types.isdisjoint(recorded):
            return
        waiting = True
        while waiting:
            waiting = False
            for slug, lifecycle in self._lifecycles.items():
                waiting |= self._hear(slug, lifecycle)

    def _hear(self, slug: str, lifecycle: Lifecycle) -> bool:
        if not lifecycle.event_handlers:
            return False
        wanted = list(lifecycle.event_handlers)
        with self.reading(slug) as work:
            heard = work.session.scalar(select(Hearing.position).where(Hearing.service == slug)) or 0
            news = select(EventRecord).where(EventRecord.position > heard, EventRecord.type.in_(wanted))
            events = [
                Event.of(record) for record in work.session.scalars(news.order_by(EventRecord.position))
            ]
        for event in events:
            with self.writing(self.services[slug].url_name) as work:
                lifecycle.event_handlers[event.type](work, event)
                work.session.merge(Hearing(service=slug, position=event.position))
        return bool(events)

    def next_due(self) -> datetime | None:
        """The instant of the earliest entry on the agenda, or None when it is empty."""
        with self.reading("clock") as work:
            return work.session.scalar(select(DueEntry.at).order_by(DueEntry.at, DueEntry.id).limit(1))

    def advance(self, until: datetime) -> list[Happening]:
        """Advance the clock, working through everything that falls due on the way, in order.

        Raises ClockGoesForward if ``until`` lies before the present.
        """
        if until < self.clock.now:
            raise ClockGoesForward(
                f"It is {self.clock.now.isoformat()} in {self.name}; it cannot be taken back to "
                f"{until.isoformat()}. Name a later instant."
            )
        happenings: list[Happening] = []
        while (happening := self._work_through_next(until)) is not None:
            happenings.append(happening)
        self._set_clock(until)
        return happenings

    def _work_through_next(self, until: datetime) -> Happening | None:
        earliest = select(DueEntry).where(DueEntry.at <= until).order_by(DueEntry.at, DueEntry.id).limit(1)
        before = self.clock
        try:
            with self.writing("clock") as work:
                entry = work.session.scalar(earliest)
                if entry is None:
                    return None
                happening = Happening(entry.at, entry.service, entry.kind, entry.subject)
                work.session.delete(entry)
                self.clock = work.clock = Clock(max(entry.at, before.now))
                work.service = self.services[entry.service].url_name
                self._lifecycles[entry.service].due_handlers[entry.kind](
                    work, Due(entry.at, entry.kind, entry.subject)
                )
                work.session.merge(ClockReading(id=1, now=self.clock.now))
        except BaseException:
            self.clock = before
            raise
        self.deliver_events(work.recorded)
        return happening

    def _set_clock(self, now: datetime) -> None:
        with self.writing("clock") as work:
            work.session.merge(ClockReading(id=1, now=now))
        self.clock = Clock(now)


def _starts_with(connection: sqlite3.Connection, generation: int) -> list[list[int]]:
    """Where the generations of a copied state began, and that another begins at its end."""
    kept = connection.execute("SELECT value FROM council_facts WHERE name = 'generation_starts'").fetchone()
    (end,) = connection.execute("SELECT COALESCE(MAX(position), 0) FROM council_events").fetchone()
    return [each for each in json.loads(kept[0] if kept else "[]") if each[0] <= end] + [
        [end + 1, generation]
    ]
