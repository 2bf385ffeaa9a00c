"""Calls that follow from one another: what one answer names is asked for next, as the document links them."""

from __future__ import annotations

from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.generation.stateful.state_machine import APIStateMachine

from scenarios.conformance.kinds.contract.cases import Case, Trial, ended_by, schema_of, seed_of
from scenarios.conformance.probe import Probe

STEPS = 6
"""The longest chain."""


def run(probe: Probe) -> None:
    """Try chains of calls, each held to the contract as every answer is."""
    trial = Trial(probe)
    settings = hypothesis.settings(
        max_examples=probe.place.examples,
        stateful_step_count=STEPS,
        phases=[Phase.generate, Phase.shrink],
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )
    with ended_by(trial):
        machine = _machine(trial, schema_of(probe.service, probe.seed).as_state_machine())
        hypothesis.seed(seed_of(probe, "", "links"))(machine)
        machine.run(settings=settings)


def _machine(trial: Trial, made: type[APIStateMachine]) -> type[APIStateMachine]:
    class Following(made):  # type: ignore[valid-type, misc]
        def call(self, case: Case, **kwargs: Any) -> schemathesis.Response:
            answered = trial.send(case)
            if answered is None:
                hypothesis.reject()
            return answered

        def validate_response(self, response: schemathesis.Response, case: Case, **kwargs: Any) -> None:
            trial.hold(case, response, self.recorder)

    return Following
