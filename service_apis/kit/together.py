"""A council on which several calls are one: all that they do is kept, or none of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import Connection

from service_apis.kit.council import Council
from service_apis.kit.work import Work


class Together(Council):
    """The council as it is inside one transaction, which its owner commits or rolls back.

    Whoever makes one has the council's turn and the transaction's ``connection`` for as long as it is used.
    Services read, write and hear of one another as ever; nobody else sees any of it until the owner commits.
    ``recorded`` are the types of the events recorded so far. After something was refused, the owner must
    roll back: there is no way back to before that call alone.
    """

    def __init__(self, council: Council, connection: Connection) -> None:
        # It is the same council, opened once: nothing is opened here.
        self.__dict__.update(council.__dict__)
        self.listeners = []
        self.recorded: set[str] = set()
        self._connection = connection

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The turn, which the owner has."""
        yield

    @contextmanager
    def reading(self, service: str, base_url: str = "") -> Iterator[Work]:
        """Work that reads what the transaction has done so far."""
        work = Work(self._connection, self.clock, service, base_url=base_url)
        try:
            yield work
        finally:
            work.finish(keep=False)

    @contextmanager
    def writing(self, service: str, if_match: str | None = None, base_url: str = "") -> Iterator[Work]:
        """Work that may write, as part of the transaction."""
        work = Work(self._connection, self.clock, service, if_match, base_url)
        done = False
        try:
            yield work
            done = True
        finally:
            work.finish(keep=done)
        self.recorded |= work.recorded

    def close(self) -> None:
        """Nothing is closed: the council stays open."""

    async def copy_to(self, copy: Path) -> None:
        """A council cannot be copied while a transaction is open on it."""
        raise NotImplementedError(f"{copy}: copy the council itself, between two transactions")

    async def rewind_to(self, state: Path) -> None:
        """A council cannot be taken back while a transaction is open on it."""
        raise NotImplementedError(f"{state}: take the council itself back, between two transactions")
