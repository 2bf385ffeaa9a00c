"""The contract kind of checks: none yet."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.conformance.checks import Check
from scenarios.openapi import Service
from scenarios.packs import Packs


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """The checks of this kind that a service's contract and packs give."""
    yield from ()
