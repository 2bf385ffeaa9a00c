"""One opened council: its file, its clock, and the work done on it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from service_apis.kit import causes
from service_apis.kit.advancing import KEEP, Advance, ClockGoesForward, Happening
from service_apis.kit.agenda import Lifecycle
from service_apis.kit.clock import Clock, Pace
from service_apis.kit.db import copy_database, empty_log, open_engine, put_in_place, remove_database
from service_apis.kit.hearing import hear_all
from service_apis.kit.problems import NotFound
from service_apis.kit.records import ClockReading, DueEntry, Fact
from service_apis.kit.service import Service
from service_apis.kit.work import Recorded, Work


class CouncilGone(NotFound):
    """The council was deleted, or its lifetime ended, while the call was under way. Make another fork."""


class Council:
    """One council's file, opened by one process.

    ``name`` is its slug, ``facts`` what it is shaped like and was built from. Writes take turns (``turn``),
    so that none waits inside SQLite while holding up the event loop. ``generation`` counts how often the
    council was taken back to an earlier state: what it did after that state has then never happened.

    ``watched`` says that the rows which are written are told as causes of the call that wrote them.
    ``listeners`` are called after each commit that recorded events, by whichever thread committed;
    ``when_rewound`` after the council was taken back. ``is_told`` says of an event that a service records
    whether it is told, or another fills the service's place and tells it.
    """

    def __init__(self, name: str, file: Path, services: Mapping[str, Service]) -> None:
        self.name = name
        self.file = file
        self.services = services
        self.listeners: list[Callable[[], None]] = []
        self.when_rewound: list[Callable[[], None]] = []
        self.watched = False
        self.is_told: Callable[[Connection, Recorded], bool] | None = None
        self._turn = asyncio.Lock()
        self._closed = False
        self.lifecycles: dict[str, Lifecycle] = {
            slug: service.lifecycle for slug, service in services.items() if service.lifecycle
        }
        self._heard_types = {
            event_type for lifecycle in self.lifecycles.values() for event_type in lifecycle.event_handlers
        }
        self._open()

    def _open(self) -> None:
        self._engine = open_engine(self.file)
        self._readers: list[Connection] = []
        self._writes = self._engine.execution_options(writing=True)
        self._as_made_is_kept = self.as_made.exists()
        with Session(self._engine) as session:
            self.facts: dict[str, Any] = {row.name: row.value for row in session.scalars(select(Fact))}
            self._kept = Clock(session.scalars(select(ClockReading.now)).one())
        self._pace: Pace | None = None
        self._limit: datetime | None = None

    def close(self) -> None:
        """Close the file. The council cannot be used afterwards."""
        self._closed = True
        self._close_file()

    def _close_file(self) -> None:
        for connection in self._readers:
            connection.close()
        self._engine.dispose()

    @property
    def clock(self) -> Clock:
        """What the council's clock shows, while it runs in whole seconds.

        It then waits at what falls due next until that is done.
        """
        pace = self._pace
        if pace is None:
            return self._kept
        now = pace.now if self._limit is None else min(pace.now, self._limit)
        return Clock(max(now.replace(microsecond=0), self._kept.now))

    @property
    def kept(self) -> Clock:
        """What the council's file keeps of the clock: what it shows or, while it runs, a little less."""
        return self._kept

    @property
    def pace(self) -> Pace | None:
        """How the clock runs, or None while it stands still, as it does when a council is opened."""
        return self._pace

    @property
    def waits(self) -> bool:
        """Whether the clock runs and has come to what falls due next."""
        return self._pace is not None and self._limit is not None and self._limit <= self._pace.now

    def run(self, speed: float, seconds: Callable[[], float]) -> None:
        """Let the clock run, see Pace. What falls due waits for :meth:`catch_up`, and the clock with it."""
        self._pace = Pace(speed, seconds, self.clock.now, seconds())
        self._limit = self.next_due()

    def freeze(self) -> None:
        """Let the clock stand still, and keep what it shows."""
        if self._pace is not None:
            with self.writing("clock"):
                pass  # as every write does, it keeps the time
            self._pace = None

    def show(self, clock: Clock) -> None:
        """Let the clock show what was kept of it, and go on from there if it runs."""
        self._kept = clock
        if self._pace is not None:
            self._pace.go_on_from(clock.now)
            self._limit = self.next_due()

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
            try:
                await asyncio.to_thread(self._next_generation, state, new)
                empty_log(self.file)
                self._close_file()
                try:
                    put_in_place(self.file, new)
                finally:
                    self._open()
            finally:
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
        told: causes.Told | None = None
        with self._writes.connect() as connection:
            if self.watched:
                causes.watch(connection)
            with connection.begin() as transaction:
                work = Work(connection, self.clock, service, if_match, base_url)
                work.is_told = self.is_told
                try:
                    yield work
                    work.finish(keep=True)
                    if self._pace is not None:
                        connection.execute(KEEP, {"shown": work.clock.now})
                    if self.watched:
                        told = causes.told(connection)
                except BaseException:
                    transaction.rollback()
                    work.finish(keep=False)
                    raise
        if told is not None:
            causes.add(told)
        if self._pace is not None:
            self._note_what_was_kept(work)
        if work.recorded:
            for tell in self.listeners:
                tell()

    def _note_what_was_kept(self, work: Work) -> None:
        self._kept = work.clock
        if work.scheduled is not None and self._limit is not None:
            self._limit = min(work.scheduled, self._limit)
        elif work.scheduled is not None:
            self._limit = work.scheduled

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

    def advance(self, until: datetime, stop_at: Callable[[Happening], bool] | None = None) -> list[Happening]:
        """Advance the clock, working through everything that falls due on the way, in order.

        Where ``stop_at`` is given, the clock stops at the first thing that it says yes to. Raises
        ClockGoesForward if ``until`` lies before the present.
        """
        if until < self._kept.now:
            raise ClockGoesForward(
                f"It is {self._kept.now.isoformat()} in {self.name}; it cannot be taken back to "
                f"{until.isoformat()}. Name a later instant."
            )
        return Advance(self, until, stop_at).run()

    def catch_up(self) -> None:
        """Work through what fell due while the clock ran."""
        if self._pace is not None:
            Advance(self, self._pace.now).run()


def _starts_with(connection: sqlite3.Connection, generation: int) -> list[list[int]]:
    """Where the generations of a copied state began, and that another begins at its end."""
    kept = connection.execute("SELECT value FROM council_facts WHERE name = 'generation_starts'").fetchone()
    (end,) = connection.execute("SELECT COALESCE(MAX(position), 0) FROM council_events").fetchone()
    return [each for each in json.loads(kept[0] if kept else "[]") if each[0] <= end] + [
        [end + 1, generation]
    ]
