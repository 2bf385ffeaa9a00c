"""The phases of one operation's cases: examples of its document, cover of its schemas, generated requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.hypothesis.examples import generate_one
from schemathesis.generation.overrides import Override

from scenarios.conformance.kinds.contract.cases import Case, Trial, ended_by, schema_of, seed_of
from scenarios.conformance.kinds.contract.known import Known
from scenarios.conformance.probe import Probe
from scenarios.openapi import Operation


def examples(probe: Probe, operation_id: str) -> None:
    """Send the examples that the document gives."""
    _each(
        probe,
        operation_id,
        lambda asked: (generate_one(strategy) for strategy in asked.get_strategies_from_examples()),
    )


def coverage(probe: Probe, operation_id: str) -> None:
    """Send what schemathesis covers the operation's schemas with: each edge, each thing left out or wrong."""
    _each(
        probe,
        operation_id,
        lambda asked: CoverageGenerator(
            operation=asked,
            generation_modes=list(GenerationMode),
            generation_config=asked.schema.config.generation,
            auth_storage=None,
            override=Override(query={}, headers={}, cookies={}, path_parameters={}, body={}),
            feedback=FeedbackSources(),
        ),
    )


def good(probe: Probe, operation_id: str) -> None:
    """Send generated requests of the right shape, every second one about what the target is known to have."""
    known = Known(probe)
    operation = probe.operation(operation_id)
    sent = 0

    def about_what_is_there(case: Case) -> None:
        nonlocal sent
        sent += 1
        if sent % 2:
            known.put_into(case, operation, sent // 2)

    _generated(probe, operation, GenerationMode.POSITIVE, about_what_is_there)


def bad(probe: Probe, operation_id: str) -> None:
    """Send generated requests of the wrong shape."""
    _generated(probe, probe.operation(operation_id), GenerationMode.NEGATIVE, lambda case: None)


PHASES: Mapping[str, Callable[[Probe, str], None]] = {
    "examples": examples,
    "coverage": coverage,
    "fuzzing": good,
    "fuzzing-bad": bad,
}


def _asked(probe: Probe, operation_id: str) -> Any:
    operation = probe.operation(operation_id)
    return schema_of(probe.service, probe.seed)[operation.path][operation.method]


def _each(probe: Probe, operation_id: str, cases: Callable[[Any], Iterable[Case]]) -> None:
    trial = Trial(probe)
    with ended_by(trial):
        for case in cases(_asked(probe, operation_id)):
            answered = trial.send(case)
            if answered is not None:
                trial.hold(case, answered)
            elif trial.over:
                break


def _generated(
    probe: Probe,
    operation: Operation,
    mode: GenerationMode,
    changed: Callable[[Case], None],
) -> None:
    trial = Trial(probe)

    @hypothesis.seed(seed_of(probe, operation.id, mode.value))
    @hypothesis.settings(
        max_examples=probe.place.examples,
        phases=[Phase.generate, Phase.shrink],
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )
    def keeps_its_word(case: Case) -> None:
        changed(case)
        answered = trial.send(case)
        if answered is not None:
            trial.hold(case, answered)

    with ended_by(trial):
        strategy = _asked(probe, operation.id).as_strategy(generation_mode=mode)
        hypothesis.given(strategy)(keeps_its_word)()  # type: ignore[no-untyped-call]
