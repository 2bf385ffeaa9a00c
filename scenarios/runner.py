"""The walk: every chosen journey, step by step, against a running council."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scenarios import fit
from scenarios.council import Council, visit
from scenarios.packs import Journey, Packs
from scenarios.problems import CouldNotRun
from scenarios.results import JourneyResult, Outcome, Run, StepResult
from scenarios.walk import Finished, Walk

OnStep = Callable[[StepResult], None]


def run(
    packs: Packs,
    base_url: str,
    council: str,
    key: str,
    *,
    only: Sequence[str] | None = None,
    on_step: OnStep | None = None,
) -> Run:
    """Walk the journeys and say what happened; raises CouldNotRun before the first step, never after.

    `base_url` is the sandbox's address, `council` the council's name, `key` an API key with all scopes.
    `only` names journeys or packs; none named is all. `on_step` is called with each step's result as it
    comes.
    """
    journeys = packs.chosen(only)
    if not journeys:
        raise CouldNotRun(f"there are no journeys under {packs.folder}")
    wanted = {service for journey in journeys for service in journey.services}
    with visit(base_url, council, key, wanted) as there:
        mistakes = fit.mistakes_in(journeys, there)
        if mistakes:
            raise packs.broken(mistakes)
        finished: Finished = {}
        results = [_journey(journey, there, finished, on_step or _silently) for journey in journeys]
    return Run(base_url, council, tuple(results))


def _journey(journey: Journey, council: Council, finished: Finished, on_step: OnStep) -> JourneyResult:
    walk = Walk(council, journey, finished, on_step)
    reason = _reason_to_skip(journey, council, finished)
    if reason:
        walk.skip_all(reason)
    else:
        walk.go()
    outcome = outcome_of(walk.results)
    finished[journey.id] = (outcome, walk.outputs)
    return JourneyResult(
        journey=journey.id,
        pack=journey.pack,
        file=journey.name,
        title=journey.title,
        proves=journey.proves,
        steps=tuple(walk.results),
        outcome=outcome,
        reason=reason,
    )


def outcome_of(steps: Sequence[StepResult]) -> Outcome:
    """The gravest outcome among the steps tried, or skip where none was."""
    tried = {step.outcome for step in steps}
    for outcome in (Outcome.ERROR, Outcome.FAIL, Outcome.PASS):
        if outcome in tried:
            return outcome
    return Outcome.SKIP


def _reason_to_skip(journey: Journey, council: Council, finished: Finished) -> str:
    service = fit.absent(journey, council)
    if service:
        return f"this council has no service `{service}`"
    for dependency in journey.workflow.depends_on:
        if finished[dependency][0] is not Outcome.PASS:
            return f"`{dependency}`, on which it depends, did not pass"
    return ""


def _silently(step: StepResult) -> None:
    """Say nothing."""
