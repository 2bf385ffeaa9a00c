"""Journeys as checks: each workflow that proves something is one, with the end state that it reads back."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios import fit
from scenarios.conformance.checks import Check, Kind, Missed, Skipped, Unjudged
from scenarios.conformance.probe import Probe
from scenarios.council import CONTROL
from scenarios.openapi import Service
from scenarios.packs import Journey, Packs
from scenarios.results import Outcome, StepResult
from scenarios.walk import Walk


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """The journeys of a service's own pack, as checks, and those across that prove something of it."""
    for journey in packs.journeys:
        own = journey.pack == service.name and journey.proves
        if own or service.name in {packs.listed_in[each] for each in journey.proves}:
            yield check_of(journey, service.name)


def check_of(journey: Journey, service: str) -> Check:
    """One journey as a check of a service."""
    steps = [step for workflow in journey.workflows for step in workflow.steps]
    needed = [step.operation for step in steps if step.operation_id and step.service == service]

    def walk(probe: Probe) -> None:
        _walk(journey, probe)

    return Check(
        name=f"{journey.id}",
        service=service,
        kind=Kind.JOURNEY,
        title=journey.title,
        verifies=journey.proves,
        run=walk,
        operations=tuple(dict.fromkeys(needed)),
    )


def _walk(journey: Journey, probe: Probe) -> None:
    missing = fit.absent(journey, probe.council)
    if missing:
        raise Skipped(f"this council has no service `{missing}`")
    others = [name for name in journey.services if name != probe.target.service]
    if others and not probe.target.joined:
        what = "the council's clock, keys or events" if others == [CONTROL] else f"`{others[0]}` as well"
        raise Skipped(
            f"it needs {what}, and the target has not joined the council; see `council component add`"
        )
    results: list[StepResult] = []
    Walk(probe.council, journey, {}, results.append).go()
    stopped = next((step for step in results if step.outcome in (Outcome.FAIL, Outcome.ERROR)), None)
    if stopped is None:
        return
    named = f"step `{stopped.name}`: {stopped.title}"
    if stopped.outcome is Outcome.ERROR:
        raise Unjudged(f"{named}: {stopped.reason}")
    one = stopped.missed[0]
    raise Missed(f"{named} ({one.name})", expected=one.expected, got=one.got)
