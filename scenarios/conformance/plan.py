"""The plan of a run: which checks there are for each target, before anything is asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

from scenarios import packs
from scenarios.conformance.checks import Check, Kind
from scenarios.conformance.kinds import journeys, pages
from scenarios.openapi import Service
from scenarios.packs import Packs
from scenarios.problems import CouldNotRun, suggestion

MODULES: Mapping[Kind, str] = {
    Kind.CONTRACT: "contract",
    Kind.JOURNEY: "journeys",
    Kind.EVENTS: "events",
    Kind.DATA: "data",
    Kind.ACCESS: "access",
    Kind.CONDUCT: "conduct",
}
"""The module of each kind. They are imported when they are planned: one of them is slow to load."""

ACROSS = packs.COUNCIL
"""What checks are of that concern the council as a whole: the journeys across services."""


class UnknownCheck(CouldNotRun):
    """The run was limited to a check, kind or requirement that does not exist."""


def planned(services: Mapping[str, Service], tested: Sequence[str], loaded: Packs) -> tuple[Check, ...]:
    """Every check of the tested services, and those across services where the whole council is tested.

    `services` are the contracts of the council's slots by slug. Where every one of them is tested, `tested`
    may hold `council` too.
    """
    found: list[Check] = []
    for slug in tested:
        if slug == ACROSS:
            found += [
                journeys.check_of(journey, ACROSS)
                for journey in loaded.journeys
                if journey.pack == packs.ACROSS and journey.proves
            ]
            found += pages.checks(ACROSS)
            continue
        for module in MODULES.values():
            kind = import_module(f"scenarios.conformance.kinds.{module}")
            found += kind.checks(services[slug], loaded)
    ids = [check.id for check in found]
    assert len(ids) == len(set(ids)), sorted({each for each in ids if ids.count(each) > 1})
    return tuple(found)


def chosen(checks: Sequence[Check], only: Sequence[str] | None) -> tuple[Check, ...]:
    """The checks that `only` names: by id or its beginning, by kind or by requirement; all, if none."""
    if not only:
        return tuple(checks)
    for name in only:
        if not any(_named(check, name) for check in checks):
            raise UnknownCheck(
                f"there is no check, kind or requirement `{name}`; {suggestion(name, _names(checks))}"
            )
    return tuple(check for check in checks if any(_named(check, name) for name in only))


def _named(check: Check, name: str) -> bool:
    whole = check.id.startswith(name) or check.id.endswith(f".{name}")
    return whole or name == check.kind or name in check.verifies


def _names(checks: Sequence[Check]) -> Iterator[str]:
    for check in checks:
        yield from (check.id, check.kind.value, *check.verifies)
