"""Every guarded operation, tried with each key that must not open it, and with the one that does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scenarios.conformance.checks import Check, Kind, Skipped, expect
from scenarios.conformance.keys import Name
from scenarios.conformance.kinds.access import doors
from scenarios.conformance.known import distinctive, ways_to
from scenarios.conformance.probe import Probe
from scenarios.conformance.refusals import documented, refused
from scenarios.openapi import Operation, Service
from scenarios.packs import Packs


@dataclass(frozen=True)
class Try:
    """One kind of key that opens nothing here. `statuses` are the refusals that fit, the best first."""

    name: str
    key: Name | None
    statuses: tuple[int, ...]
    verifies: tuple[str, ...]
    title: str


NO_KEY = Try("no-key", None, (401,), ("COUNCIL-002",), "is refused to who sends no key")
TRIES = (
    NO_KEY,
    Try("unknown-key", "unknown", (401,), ("COUNCIL-002",), "is refused with a key that nobody was given"),
    Try(
        "other-service",
        "other-service",
        (403,),
        ("COUNCIL-003",),
        "is refused with a key of another service",
    ),
    Try(
        "other-council",
        "other-council",
        (401, 403),
        ("COUNCIL-002", "COUNCIL-046"),
        "is refused with a key of another council",
    ),
    Try(
        "ended-key",
        "expired",
        (401,),
        ("COUNCIL-002", "COUNCIL-046"),
        "is refused with a key whose time is over",
    ),
)
