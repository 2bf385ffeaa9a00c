"""Rules that are asked for, checked before they are set: one that could never meet anything is refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sandbox.forcing.behaviours import NotUnderstood, Parameters, behaviour_named, did_you_mean
from sandbox.forcing.operations import operations_of
from sandbox.forcing.rule import LONGEST, READS, RuleWanted, services_by_name
from service_apis.kit.council import Council
from service_apis.kit.problems import Unprocessable
from service_apis.kit.service import Service


class RuleNotUnderstood(Unprocessable):
    """The rule names a behaviour or a parameter that there is not. /sandbox/behaviours lists them all."""


class RuleMeetsNothing(Unprocessable):
    """The rule could never meet a call or an event, or has ended before it begins. The detail says why."""


def checked(wanted: RuleWanted, council: Council) -> Parameters:
    """The behaviour's parameters with their defaults. Raises RuleNotUnderstood or RuleMeetsNothing."""
    try:
        behaviour = behaviour_named(wanted.behaviour)
        parameters = behaviour.read(wanted.parameters)
    except NotUnderstood as error:
        raise RuleNotUnderstood(str(error), known=error.known) from error
    _check_ends(wanted, council.clock.now, council.name)
    services = _services_meant(wanted, council)
    methods: frozenset[str] = frozenset(wanted.methods or ())
    if behaviour.of == "events":
        if wanted.operation or methods or wanted.searching:
            raise RuleMeetsNothing(
                f"{behaviour.name} is done to events, which have no operation, method or search; "
                "name their service alone"
            )
        return parameters
    if behaviour.of == "reads":
        methods = (methods or frozenset(READS)) & frozenset(READS)
        if not methods:
            raise RuleMeetsNothing(
                f"{behaviour.name} is done to reads; {_listed(wanted.methods)} reads nothing"
            )
    _check_operation(wanted.operation, methods, services)
    return parameters


def _check_ends(wanted: RuleWanted, now: datetime, council: str) -> None:
    if wanted.share == 0:
        raise RuleMeetsNothing("A share of 0 meets nothing; name one above 0, up to 1")
    if wanted.count == 0:
        raise RuleMeetsNothing("A count of 0 meets nothing; name at least 1")
    if wanted.lasts is not None and not 0 < wanted.lasts.total_seconds() <= LONGEST.total_seconds():
        raise RuleMeetsNothing(f"A rule lasts more than no time, and at most {LONGEST.days} days")
    if wanted.until is not None and wanted.until <= now:
        raise RuleMeetsNothing(
            f"It is {now.isoformat()} in {council} already, and a rule until "
            f"{wanted.until.isoformat()} has ended. Name a later instant"
        )
    if wanted.until is not None and wanted.starts is not None and wanted.starts >= wanted.until:
        raise RuleMeetsNothing("The rule would start when it has ended; name an earlier start or a later end")
    if wanted.between is not None and wanted.between.start == wanted.between.end:
        raise RuleMeetsNothing(f"Between {wanted.between.start} and {wanted.between.end} lies no time")


def _services_meant(wanted: RuleWanted, council: Council) -> list[Service]:
    services = services_by_name(council.services)
    if wanted.service is None:
        return list(services.values())
    if wanted.service not in services:
        raise RuleMeetsNothing(
            f"{council.name} has no service called {wanted.service}. "
            f"{did_you_mean(wanted.service, services)}It has: {', '.join(services)}"
        )
    return [services[wanted.service]]


def _check_operation(operation: str | None, methods: frozenset[str], services: Iterable[Service]) -> None:
    there = [(name, of) for service in services for name, of in operations_of(service).items()]
    if operation is not None:
        names = [name for name, _ in there]
        there = [(name, of) for name, of in there if name == operation]
        if not there:
            raise RuleMeetsNothing(
                f"There is no operation called {operation}. {did_you_mean(operation, names)}"
                "A service's openapi.json lists its own"
            )
    taken = frozenset().union(*(of for _, of in there))
    # Any address may be asked with HEAD or OPTIONS, if only to be refused.
    if methods and methods.isdisjoint({*taken, "HEAD", "OPTIONS"} if operation is None else taken):
        raise RuleMeetsNothing(
            f"{operation or 'The service'} takes {_listed(sorted(taken))}, never {_listed(sorted(methods))}"
        )


def _listed(names: Iterable[str] | None) -> str:
    return ", ".join(names or ()) or "nothing"
