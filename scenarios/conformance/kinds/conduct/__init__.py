"""The conduct kind of checks: how a target behaves when repeated, hurried, interrupted or sent nonsense."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.conformance.checks import Check
from scenarios.conformance.kinds.conduct import (
    addresses,
    bodies,
    methods,
    repeats,
    restarts,
    scripts,
    seconds,
    together,
    versions,
)
from scenarios.openapi import Service
from scenarios.packs import Packs


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """The checks of this kind that a service's contract and packs give."""
    for module in (repeats, versions, together, bodies, addresses, methods, scripts, restarts, seconds):
        yield from module.checks(service, packs)
