"""A council on which several calls are one: all that they do is kept, or none of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from service_apis.kit.council import Council
from service_apis.kit.work import Work


class Together(Council):
    """The council as it is inside one transaction, which its owner commits or rolls back.

    Whoever makes one has the council's turn, and ``whole``, the transaction's own work, for as long as it is
    used. Services read, write and hear of one another as ever; nobody else sees any of it until the owner
    commits. All of it takes place at one instant. After something was refused, the owner must roll back:
    there is no way back to before that call alone.
    """

    def __init__(self, council: Council, whole: Work) -> None:
        # It is the same council, opened once: nothing is opened here.
        self.__dict__.update(council.__dict__)
        self.listeners = []
        self._whole = whole
        self._kept, self._pace = whole.clock, None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The turn, which the owner has."""
        yield

    @contextmanager
    def reading(self, service: str, base_url: str = "") -> Iterator[Work]:
        """Work that reads what the transaction has done so far."""
        work = Work(self._whole.connection, self.clock, service, base_url=base_url)
        try:
            yield work
        finally:
            work.finish(keep=False)

    @contextmanager
    def writing(self, service: str, if_match: str | None = None, base_url: str = "") -> Iterator[Work]:
        """Work that may write, as part of the transaction."""
        work = Work(self._whole.connection, self.clock, service, if_match, base_url)
        work.is_told = self._whole.is_told
        done = False
        try:
            yield work
            done = True
        finally:
            work.finish(keep=done)
        self._whole.recorded |= work.recorded
        instants = [each for each in (work.scheduled, self._whole.scheduled) if each is not None]
        self._whole.scheduled = min(instants, default=None)

    def close(self) -> None:
        """Nothing is closed: the council stays open."""

    async def copy_to(self, copy: Path) -> None:
        """A council cannot be copied while a transaction is open on it."""
        raise RuntimeError(f"{copy}: copy the council itself, between two transactions")

    async def rewind_to(self, state: Path) -> None:
        """A council cannot be taken back while a transaction is open on it."""
        raise RuntimeError(f"{state}: take the council itself back, between two transactions")
