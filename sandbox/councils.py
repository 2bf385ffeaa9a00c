"""The councils that one running sandbox serves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sandbox.folder import DataFolder, OtherVersion, read_facts
from service_apis.kit.council import Council
from service_apis.kit.service import Service


class Councils:
    """The open councils by name; ``first`` is the one that the console shows and ports lead to."""

    def __init__(self, folder: DataFolder, services: Mapping[str, Service], first: str) -> None:
        self.folder = folder
        self.services = services
        self._open: dict[str, Council] = {}
        self.first = self._opened(first)
        self.unreadable: dict[str, str] = {}
        for name in folder.names():
            if name != first:
                try:
                    self._opened(name)
                except OtherVersion as failure:
                    self.unreadable[name] = str(failure)

    def __iter__(self) -> Iterator[Council]:
        return iter(self._open.values())

    def get(self, name: str) -> Council | None:
        """The council of that name, or None."""
        return self._open.get(name)

    def close(self) -> None:
        """Close every council's file."""
        for council in self._open.values():
            council.close()

    def _opened(self, name: str) -> Council:
        file = self.folder.existing(name)
        facts = read_facts(file)
        if facts["services"] != sorted(self.services):
            raise OtherVersion(_other_services(name, set(facts["services"]), set(self.services)))
        council = Council(name, file, self.services)
        council.deliver_events()
        self._open[name] = council
        return council


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
