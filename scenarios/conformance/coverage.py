"""Coverage: what of a service's requirements and operations the checks reach, told before anything is asked.

A requirement that no check verifies is a promise that nobody keeps an eye on; an operation that no check asks
is a door that nobody has tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.conformance.checks import Check, Kind
from scenarios.conformance.plan import ACROSS
from scenarios.openapi import Operation, Service
from scenarios.packs import Journey, Packs
from scenarios.requirements import Requirement

if TYPE_CHECKING:
    from scenarios.conformance.running import Prepared


@dataclass(frozen=True)
class Coverage:
    """What the checks of one service reach. `verified` counts the checks of each requirement, `touched` those
    of each operation by its id.
    """

    service: str
    verified: Mapping[Requirement, int]
    touched: Mapping[str, int]
    operations: Mapping[str, Operation]
    checks: int

    @property
    def unverified(self) -> tuple[Requirement, ...]:
        """The requirements that no check verifies."""
        return tuple(one for one, count in self.verified.items() if not count)

    @property
    def untouched(self) -> tuple[Operation, ...]:
        """The operations that no check asks."""
        return tuple(self.operations[name] for name, count in self.touched.items() if not count)

    @property
    def wanting(self) -> tuple[Requirement, ...]:
        """The requirements that must hold and that no check verifies."""
        return tuple(one for one in self.unverified if one.level == "must")


def of_run(ready: Prepared) -> tuple[Coverage, ...]:
    """The coverage of each service that a run would test, and of the council as a whole where it would."""
    services = ready.council.services
    tested = dict.fromkeys(check.service for check in ready.planned)
    return tuple(
        _of(name, services.get(name), ready.planned, ready.packs) for name in {**ready.told, **tested}
    )


def _of(name: str, service: Service | None, checks: Sequence[Check], packs: Packs) -> Coverage:
    own = [check for check in checks if check.service == name]
    operations = {} if service is None or name == ACROSS else service.operations
    asked = [asked for check in checks for asked in _asked(check, packs)]
    return Coverage(
        service=name,
        verified={one: sum(one.id in check.verifies for check in own) for one in packs.requirements_of(name)},
        touched={each: asked.count((name, each)) for each in operations},
        operations=operations,
        checks=len(own),
    )


def _asked(check: Check, packs: Packs) -> set[tuple[str, str]]:
    """(service, operation) of each operation that a check asks, as far as it says."""
    asked = {(check.service, operation) for operation in check.operations}
    if check.kind is Kind.JOURNEY:
        journey: Journey = packs.journey(check.id.rpartition(".")[2])
        steps = [step for workflow in journey.workflows for step in workflow.steps]
        asked |= {(step.service, step.operation) for step in steps if step.operation_id}
    return asked


def told(coverages: Sequence[Coverage]) -> Iterator[str]:
    """Lines for a reader: a service's counts, and below it what no check reaches."""
    for one in coverages:
        yield f"{one.service}: {_counts(one)}"
        for requirement in one.unverified:
            yield f"  no check  {requirement.level:<7} {requirement.id:<20} {requirement.sentence}"
        for operation in one.untouched:
            yield f"  not asked         {operation.id:<20} {operation.method} {operation.path}"
    wanting = sum(len(one.wanting) for one in coverages)
    yield f"{wanting} requirements that must hold have no check" if wanting else "Every must has a check"


def _counts(one: Coverage) -> str:
    verified = f"{len(one.verified) - len(one.unverified)} of {len(one.verified)} requirements verified"
    if not one.operations:
        return f"{one.checks} checks, {verified}"
    asked = f"{len(one.operations) - len(one.untouched)} of {len(one.operations)} operations asked"
    return f"{one.checks} checks, {verified}, {asked}"
