"""The access kind of checks: only who may, sees and changes."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.conformance.checks import Check
from scenarios.conformance.kinds.access import besides, keys_tried, others, private
from scenarios.openapi import Service
from scenarios.packs import Packs


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """The checks of this kind that a service's contract and packs give."""
    yield from keys_tried.checks(service, packs)
    yield from others.checks(service, packs)
    yield from besides.checks(service, packs)
    yield from private.checks(service, packs)
