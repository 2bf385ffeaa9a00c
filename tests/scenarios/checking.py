"""One check at a time, on a council whose services can be made to misbehave."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from scenarios.conformance.checks import Check
from scenarios.conformance.keys import Keys
from scenarios.conformance.kinds import access, conduct
from scenarios.conformance.probe import Place, Probe
from scenarios.conformance.target import Target
from scenarios.packs import Packs
from tests.scenarios.meddling import Fault, Misbehaving
from tests.scenarios.probing import Probing


class Checking:
    """The checks of access and conduct of each service, and the council that they are tried on."""

    def __init__(self, url: str, packs: Packs, between: Misbehaving) -> None:
        self.url = url
        self.packs = packs
        self.between = between
        self._probing = Probing(url, packs)
        self._places: dict[str, Place] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *how: object) -> None:
        self.between.with_fault("", None)
        self._probing.__exit__(None, None, None)

    def check(self, name: str) -> Check:
        """The check of that id."""
        service = name.partition(".")[0]
        found = self._probing.council.services[service]
        kind = access if ".access." in name else conduct
        by_id = {check.id: check for check in kind.checks(found, self.packs)}
        assert name in by_id, f"{name} is none of {', '.join(by_id)}"
        return by_id[name]

    def all(self, service: str) -> list[Check]:
        """Every check of access and conduct of a service."""
        found = self._probing.council.services[service]
        return [check for kind in (access, conduct) for check in kind.checks(found, self.packs)]

    def probe(self, service: str, target: Target | None = None) -> Probe:
        """A probe that knows nothing yet. Keys are made once for all."""
        if service not in self._places:
            self._places[service] = self._probing.probe(service).place
        place = replace(self._places[service], memory={}, heard=[])
        if target is not None:
            keys = Keys(place.council, target)
            council = replace(place.council, prepared=keys.prepared)
            place = replace(place, target=target, keys=keys, council=council)
        return Probe(place)

    def run(self, name: str, fault: Fault | None = None) -> Probe:
        """Run one check; raises how it ended, if it did not pass."""
        service = name.partition(".")[0]
        self.between.with_fault(service, fault)
        probe = self.probe(service)
        try:
            self.check(name).run(probe)
        finally:
            met = self.between.met
            self.between.with_fault("", None)
            assert fault is None or met
        return probe
