"""Probes on a served council, as a run of checks would have them."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from scenarios.conformance.keys import Keys
from scenarios.conformance.probe import Place, Probe
from scenarios.conformance.target import Target
from scenarios.council import CONTROL, visit
from scenarios.packs import Packs
from tests.conftest import AS_OF, KEY


class Probing:
    """A council that is visited, and a probe of any of its services."""

    def __init__(self, url: str, packs: Packs, name: str = "fairwater") -> None:
        self.packs = packs
        self._stack = ExitStack()
        asked = {service for journey in packs.journeys for service in journey.services}
        self.council = self._stack.enter_context(visit(url, name, KEY, {*asked, CONTROL}))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def fork(self) -> Probing:
        """The same of a fork of the council, whose clock can be moved without a trace in this one."""
        made = self.probe(next(iter(self.council.services))).control("POST", "/forks", {"lifetime": "PT1H"})
        return Probing(self.council.base_url, self.packs, made.body["name"])

    def probe(self, service: str, *, seed: int = 1) -> Probe:
        """A probe of the council's own service."""
        target = Target(service)
        keys = Keys(self.council, target)
        self._stack.callback(keys.close)
        began = time.perf_counter()
        place = Place(
            council=replace(self.council, prepared=keys.prepared),
            target=target,
            keys=keys,
            packs=self.packs,
            seed=seed,
            until=began + 600,
            began=datetime(AS_OF.year, AS_OF.month, AS_OF.day, tzinfo=UTC),
            began_at=began,
        )
        return Probe(place)
