"""The councils that one running sandbox serves."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from sandbox.folder import BadName, DataFolder, OtherVersion, read_facts
from sandbox.notebook import Notebook
from service_apis.kit.council import Council
from service_apis.kit.service import Service

REMEMBERED = 1_000
"""How many councils that are gone are remembered, to tell a caller why."""


class Councils:
    """The open councils by name; ``first`` is the one that the console shows and ports lead to.

    ``when_opened`` are called with each council that is opened, ``when_closed`` with the name of each that
    is deleted. ``gone`` says what became of those.
    """

    def __init__(self, folder: DataFolder, services: Mapping[str, Service], first: str) -> None:
        self.folder = folder
        self.services = services
        self.when_opened: list[Callable[[Council], None]] = []
        self.when_closed: list[Callable[[str], None]] = []
        self.gone: dict[str, str] = {}
        self.unreadable: dict[str, str] = {}
        self._open: dict[str, Council] = {}
        self._notebooks: dict[str, Notebook] = {}
        folder.clear_unfinished()
        self.first = self.open(first)
        self.look()

    def __iter__(self) -> Iterator[Council]:
        return iter(list(self._open.values()))

    def get(self, name: str) -> Council | None:
        """The council of that name, or None; one that was built meanwhile is opened."""
        return self._open.get(name) or self._found(name)

    def look(self) -> None:
        """Open the councils of the folder that are not open yet."""
        for name in self.folder.names():
            self.get(name)

    def open(self, name: str) -> Council:
        """Open a council of the folder. Raises the failures of DataFolder.existing, and OtherVersion."""
        file = self.folder.existing(name)
        facts = read_facts(file)
        if facts["services"] != sorted(self.services):
            raise OtherVersion(_other_services(name, set(facts["services"]), set(self.services)))
        if lacking := _lacking(file, self.services):
            raise OtherVersion(
                f"{name} was built by a version that did not keep {', '.join(lacking)} yet. "
                f"Build a new council with --name, or delete this one (`council delete {name}`) and build it."
            )
        council = Council(name, file, self.services)
        council.deliver_events()
        self._open[name] = council
        self.gone.pop(name, None)
        for tell in self.when_opened:
            tell(council)
        return council

    def notebook(self, name: str) -> Notebook:
        """The sandbox's own notebook about a council that is open."""
        notebook = self._notebooks.get(name)
        if notebook is None:
            notebook = self._notebooks[name] = Notebook(self.folder.notebook(name))
        return notebook

    def delete(self, name: str, why: str) -> None:
        """Delete an open council and all that is kept about it; ``why`` is told to whoever asks for it."""
        self._open.pop(name).close()
        if (notebook := self._notebooks.pop(name, None)) is not None:
            notebook.close()
        self.folder.erase(name)
        self.gone[name] = why
        while len(self.gone) > REMEMBERED:
            del self.gone[next(iter(self.gone))]
        for tell in self.when_closed:
            tell(name)

    def no_such(self, name: str) -> str:
        """What to say to a caller who asks for a council that there is not."""
        there = ", ".join(list(self._open)[:20])
        more = f" and {len(self._open) - 20} more" if len(self._open) > 20 else ""
        return f"{self.gone.get(name, f'There is no council called {name}')}; there is: {there}{more}"

    def close(self) -> None:
        """Close every council's file."""
        for council in self._open.values():
            council.close()
        for notebook in self._notebooks.values():
            notebook.close()

    def _found(self, name: str) -> Council | None:
        try:
            if not self.folder.file(name).exists():
                return None
            return self.open(name)
        except BadName:
            return None
        except OtherVersion as failure:
            self.unreadable[name] = str(failure)
            return None


def _lacking(file: Path, services: Mapping[str, Service]) -> list[str]:
    """The tables of services that a council's file has not got."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    wanted = {table for service in services.values() for table in service.tables.tables}
    return sorted(wanted - there)


def _other_services(name: str, built: set[str], known: set[str]) -> str:
    differences = [
        f"{what} {', '.join(sorted(names))}"
        for what, names in (("it lacks", known - built), ("this sandbox lacks its", built - known))
        if names
    ]
    return (
        f"{name} was built with other services: {' and '.join(differences)}. "
        f"Build a new council with --name, or delete this one (`council delete {name}`) and build it again."
    )
