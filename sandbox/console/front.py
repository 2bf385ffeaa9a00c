"""What the first page shows of a council: how large it is, its services, its journeys."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.councils import Councils
from sandbox.journeys import JourneyResult, last_results
from service_apis.kit.council import Council
from service_apis.kit.service import Service

VERDICTS = {
    "pass": ("✓", "Passed"),
    "fail": ("✗", "Failed"),
    "skip": ("-", "Skipped"),
    "error": ("!", "Could not run"),
}
"""A verdict's sign and its word: neither stands alone, nor by colour."""


@dataclass(frozen=True, slots=True)
class ServiceShown:
    """A service, with the cases that are open now, or None where it has no cases."""

    service: Service
    open_cases: int | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another council of the sandbox; ``trouble`` says why it cannot be shown."""

    name: str
    title: str
    trouble: str


def services_shown(council: Council) -> list[ServiceShown]:
    """Each service of the council."""
    return [ServiceShown(service, _open_cases(council, service)) for service in council.services.values()]


def _open_cases(council: Council, service: Service) -> int | None:
    if service.open_cases is None:
        return None
    with council.reading(service.url_name) as work:
        return service.open_cases(work.session)


def journeys_shown(council: Council) -> list[JourneyResult]:
    """Each journey's last result, those that went wrong first."""
    order = {"fail": 0, "error": 1, "skip": 2, "pass": 3}
    return sorted(last_results(council), key=lambda result: (order.get(result.verdict, 0), result.title))


def neighbours(councils: Councils) -> list[Neighbour]:
    """Every council of the sandbox, with those that cannot be opened at the end."""
    whole = [Neighbour(each.name, each.facts["title"], "") for each in councils]
    unreadable = [Neighbour(name, name, trouble) for name, trouble in councils.unreadable.items()]
    return [*sorted(whole, key=lambda each: each.title), *unreadable, *_half_built(councils)]


def _half_built(councils: Councils) -> list[Neighbour]:
    trouble = (
        "half-built: its building was interrupted, or is still going on. When no build is running, "
        "`council delete {name}` clears it away"
    )
    return [Neighbour(name, name, trouble.format(name=name)) for name in councils.folder.half_built()]
