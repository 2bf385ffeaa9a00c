"""Forks: whole copies of a council under names of their own, which can be given a lifetime."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from sandbox import machine
from sandbox.councils import Councils
from sandbox.folder import BadName, NameTaken
from sandbox.keys import Keyring
from sandbox.notebook import Base
from sandbox.snapshots import Packed
from service_apis.kit.council import Council
from service_apis.kit.db import copy_database
from service_apis.kit.problems import Conflict, Unprocessable
from synthetic_data.real_places import RealPlaceName, UnusableName, check_invented_name, display_name

LONGEST_NAME = 40
LOOKS_EVERY_SECONDS = 60.0
"""How often lifetimes are looked at when none is about to end."""


class NameNotFree(Conflict):
    """A council of that name is there already, or is being made. Choose another name, or give none."""


class UnusableCouncilName(Unprocessable):
    """The name cannot be a council's: it is no slug, or could be taken for a real authority's."""


class LastCouncil(Conflict):
    """The council that the console shows first cannot be deleted while it is served."""


class Lifetime(Base):
    """When a council is deleted by itself: one row, or none where it stays until it is deleted.

    ``ends_at`` is an instant of the machine's clock.
    """

    __tablename__ = "sandbox_lifetime"

    id: Mapped[int] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a fork was made from: the council, what its clock showed, and the snapshot if it was one.

    ``made_at`` is an instant of the machine's clock, by which the journal knows what came after.
    """

    council: str
    at: datetime
    made_at: datetime
    snapshot: str | None = None


class Forks:
    """Makes and ends the forks of one sandbox."""

    def __init__(self, councils: Councils, keyring: Keyring) -> None:
        self._councils = councils
        self._keyring = keyring
        self._ends: dict[str, datetime] = {}
        self._sooner = asyncio.Event()
        councils.when_closed.append(self._forget)
        for council in councils:
            if (end := self._written_end(council)) is not None:
                self._ends[council.name] = end
        self.end_those_due()

    async def fork(
        self,
        council: Council,
        name: str | None = None,
        state: Path | None = None,
        snapshot: str | None = None,
    ) -> Council:
        """A whole copy of a council, as it stands between two writes, under a new name.

        ``state`` is the file of a snapshot to begin with instead, and ``snapshot`` its name. Raises
        NameNotFree or UnusableCouncilName; whatever interrupts it, nothing half-made is to be seen.
        """
        chosen = self.checked(name) if name else self._a_name_for(council)
        try:
            with self._councils.folder.copying(chosen) as unfinished:
                if state is None:
                    await council.copy_to(unfinished)
                else:
                    await asyncio.to_thread(copy_database, state, unfinished)
                origin = Origin(council.name, council.clock.now, machine.now(), snapshot)
                _write_facts(unfinished, _facts_of_fork(chosen, str(council.facts["title"]), origin))
        except NameTaken as taken:
            raise NameNotFree(str(taken)) from taken
        return self._councils.open(chosen)

    async def bring(self, brought: Packed, name: str) -> Council:
        """A new council from a file that was found whole, under a name that was ``checked``.

        Raises NameNotFree.
        """
        title = brought.manifest["title"]
        if name != brought.manifest["council"]:
            title = f"{display_name(name)} Council"
        try:
            with self._councils.folder.copying(name) as unfinished:
                await asyncio.to_thread(copy_database, brought.database, unfinished)
                _write_facts(unfinished, {"name": name, "title": title, "forked_from": None})
        except NameTaken as taken:
            raise NameNotFree(str(taken)) from taken
        return self._councils.open(name)

    def checked(self, name: str) -> str:
        """The name, if a new council can have it. Raises NameNotFree or UnusableCouncilName."""
        try:
            check_invented_name(name)
            if self._councils.folder.file(name).exists():
                raise NameNotFree(f"There is a council called {name} already; choose another name")
        except (RealPlaceName, UnusableName, BadName) as refusal:
            raise UnusableCouncilName(str(refusal)) from refusal
        return name

    def _a_name_for(self, council: Council) -> str:
        while True:
            ending = f"-{machine.unlike_any()}"
            name = council.name[: LONGEST_NAME - len(ending)].rstrip("-") + ending
            if not self._councils.folder.file(name).exists():
                return name

    def delete(self, council: Council, why: str | None = None) -> None:
        """Delete a council with its keys, snapshots and notebook. Raises LastCouncil."""
        if council is self._councils.first:
            raise LastCouncil(
                f"{council.name} is the council that this sandbox was started with, and stays while it runs. "
                f"Stop the sandbox, then `council delete {council.name}`."
            )
        self._councils.delete(council.name, why or f"{council.name} was deleted")

    def set_lifetime(self, council: Council, lifetime: timedelta | None) -> datetime | None:
        """Let a council end after a time, counted from now, or never; gives the instant.

        Raises LastCouncil for the one that cannot be deleted.
        """
        if lifetime is not None and council is self._councils.first:
            raise LastCouncil(f"{council.name} is the council that this sandbox was started with; it stays")
        end = None if lifetime is None else machine.now() + lifetime
        with self._councils.notebook(council.name).writing() as session:
            session.merge(Lifetime(id=1, ends_at=end))
        if end is None:
            self._ends.pop(council.name, None)
        else:
            self._ends[council.name] = end
        self._sooner.set()
        return end

    def end_of(self, name: str) -> datetime | None:
        """When a council ends by itself; None if it does not."""
        return self._ends.get(name)

    def forks_of(self, council: Council) -> list[Council]:
        """The forks that were made of a council and are still there."""
        return [each for each in self._councils if origin_of(each) == council.name]

    def end_those_due(self) -> None:
        """Delete the councils whose lifetime has ended."""
        now = machine.now()
        for name, end in list(self._ends.items()):
            council = self._councils.get(name)
            if end <= now and council is not None and council is not self._councils.first:
                self.delete(council, f"The lifetime of {name} ended at {end:%Y-%m-%dT%H:%M:%SZ}")

    async def watch(self) -> None:
        """Delete councils as their lifetimes end, until cancelled."""
        while True:
            self.end_those_due()
            self._sooner.clear()
            now = machine.now()
            waits = [max((end - now).total_seconds(), 0.05) for end in self._ends.values()]
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sooner.wait(), min([LOOKS_EVERY_SECONDS, *waits]))

    def _forget(self, name: str) -> None:
        self._ends.pop(name, None)
        self._keyring.forget(name)

    def _written_end(self, council: Council) -> datetime | None:
        if not self._councils.folder.notebook(council.name).exists():
            return None
        with self._councils.notebook(council.name).reading() as session:
            lifetime = session.get(Lifetime, 1)
            return lifetime.ends_at if lifetime else None


def origin_of(council: Council) -> str | None:
    """The council that a fork was made of; None for a council that was built or brought."""
    origin = council.facts.get("forked_from")
    return origin["council"] if origin else None


def title_of_fork(title: str, name: str) -> str:
    """What a fork is called: as the council that it was made of, and its own name."""
    return f"{title.partition(' (')[0]} ({name})"


def _facts_of_fork(name: str, title: str, origin: Origin) -> dict[str, Any]:
    """What a fork is called and what it was made from. It goes on in its council's generation."""
    return {
        "name": name,
        "title": title_of_fork(title, name),
        "forked_from": {
            "council": origin.council,
            "at": origin.at.isoformat(),
            "made_at": origin.made_at.isoformat(),
            "snapshot": origin.snapshot,
        },
    }


def _write_facts(file: Path, facts: Mapping[str, Any]) -> None:
    """Write what a copy says of itself. Nobody else has it open."""
    with closing(sqlite3.connect(file)) as connection, connection:
        for fact, value in facts.items():
            connection.execute(
                "INSERT OR REPLACE INTO council_facts VALUES (?, ?)", (fact, json.dumps(value))
            )
