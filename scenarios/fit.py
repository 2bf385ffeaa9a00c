"""Does a journey fit the services of this council? Checked against their OpenAPI before anything runs.

Beyond operations and parameters that do not exist, this refuses what other runners would fill in by
themselves: a body or a required parameter that the journey leaves out is made up by `redocly respect`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scenarios import records
from scenarios.arazzo import Step, Workflow
from scenarios.council import Council
from scenarios.openapi import Operation
from scenarios.packs import RECORDS, Journey, Packs
from scenarios.problems import Mistake, nearest, suggestion
from scenarios.reading import json_path

_CLOSE = 0.8


def mistakes_in(journeys: Sequence[Journey], council: Council) -> list[Mistake]:
    """Every mistake that shows against the council's services; services that it lacks are passed over."""
    found: dict[Mistake, None] = {}
    for journey in journeys:
        for workflow in journey.workflows:
            start = journey.document.workflows.index(workflow)
            for number, step in enumerate(workflow.steps):
                if step.operation_id:
                    place = json_path(["workflows", start, "steps", number])
                    for message in _step(journey, workflow, step, council):
                        found[Mistake(journey.name, place, message)] = None
    return list(found)


def unfit_records(packs: Packs, council: Council) -> list[Mistake]:
    """Every mistake in what packs say of records that shows against the council's services."""
    return [
        mistake
        for pack, said in packs.records.items()
        if pack in council.services
        for mistake in records.unfit_in(said, f"{pack}/{RECORDS}", council.services[pack])
    ]


def absent(journey: Journey, council: Council) -> str | None:
    """The first service that the journey asks and the council does not have."""
    return next((name for name in journey.services if name not in council.offered), None)


def _step(journey: Journey, workflow: Workflow, step: Step, council: Council) -> Iterator[str]:
    if step.service not in council.offered:
        near = nearest(step.service, council.offered, closeness=_CLOSE)
        if near:
            yield f"this council has no service `{step.service}`; did you mean `{near}`?"
        return
    operations = council.services[step.service].operations
    if step.operation not in operations:
        near = suggestion(step.operation, operations)
        yield f"`{step.service}` has no operation `{step.operation}`; {near}"
        return
    operation = operations[step.operation]
    given: set[tuple[str, str]] = {
        (
            parameter.location or "",
            parameter.name.lower() if parameter.location == "header" else parameter.name,
        )
        for parameter in map(journey.document.parameter, (*workflow.parameters, *step.parameters))
    }
    yield from _parameters(operation, given, has_own=bool(step.parameters))
    if operation.takes_body and step.request_body is None:
        yield f"`{operation.id}` takes a body: write a `requestBody`, or some runners make one up"


def _parameters(operation: Operation, given: set[tuple[str, str]], *, has_own: bool) -> Iterator[str]:
    for place, name in sorted(operation.required - given):
        if place == "path" or not has_own:
            yield f"`{operation.id}` needs the {place} parameter `{name}`"
    for place, name in sorted(given - operation.parameters):
        known = operation.names(place)
        if place == "path":
            yield f"`{operation.id}` has no path parameter `{name}`; {suggestion(name, known)}"
        elif place == "query" and (near := nearest(name, known, closeness=_CLOSE)):
            yield f"`{operation.id}` has no query parameter `{name}`; did you mean `{near}`?"
