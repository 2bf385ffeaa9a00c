"""One journey's walk: steps in order, actions after each, results as they come."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scenarios import asking
from scenarios.arazzo import Action, Step, Workflow
from scenarios.council import Council
from scenarios.criteria import all_hold
from scenarios.expressions import NoValue, Scope, fill
from scenarios.packs import Journey
from scenarios.results import Outcome, StepResult

Finished = dict[str, tuple[Outcome, dict[str, Any]]]
"""Journeys already walked in this run: outcome and outputs."""

MOST_STEPS = 200
"""Steps and attempts that one journey may take, so that a goto cannot go round for ever."""


class Walk:
    """One journey under way. `results` fills as steps finish; `outputs` are the journey's own at the end."""

    def __init__(
        self, council: Council, journey: Journey, finished: Finished, on_step: Callable[[StepResult], None]
    ) -> None:
        self.council = council
        self.journey = journey
        self.document = journey.document
        self.on_step = on_step
        self.results: list[StepResult] = []
        self.outputs: dict[str, Any] = {}
        self._taken = 0
        self._workflows: dict[str, dict[str, Mapping[str, Any]]] = {
            name: {"outputs": outputs} for name, (_, outputs) in finished.items()
        }

    def go(self, given: Mapping[str, Any] | None = None) -> None:
        """Walk the journey from its first step; `given` are inputs other than those of every run."""
        outputs = self._workflow(self.journey.workflow, given or {}, "")
        self.outputs = outputs or {}

    def skip_all(self, reason: str) -> None:
        self._skip(self.journey.workflow, set(), "", reason)

    def _workflow(self, workflow: Workflow, given: Mapping[str, Any], prefix: str) -> dict[str, Any] | None:
        """Walk a workflow; its outputs, or None where it did not pass."""
        inputs = self._inputs(workflow, given)
        scope = Scope(inputs=inputs, workflows=self._workflows)
        self._workflows[workflow.workflow_id] = {"inputs": inputs, "outputs": {}}
        ran: set[str] = set()
        passed = True
        index: int | None = 0
        ending = ""
        while index is not None and index < len(workflow.steps):
            step = workflow.steps[index]
            ran.add(step.step_id)
            outcome, action = self._step(workflow, step, scope, prefix)
            passed = passed and outcome is Outcome.PASS
            index, ending = self._next(workflow, index, outcome, action)
            if action is not None and action.workflow_id:
                called = self.document.workflow(action.workflow_id)
                passed = self._workflow(called, {}, f"{prefix}{called.workflow_id}/") is not None and passed
        self._skip(workflow, ran, prefix, ending)
        if not passed:
            return None
        outputs = self._outputs(workflow.outputs, scope, f"{prefix}outputs")
        if outputs is not None:
            self._workflows[workflow.workflow_id] = {"inputs": inputs, "outputs": outputs}
        return outputs

    def _next(
        self, workflow: Workflow, index: int, outcome: Outcome, action: Action | None
    ) -> tuple[int | None, str]:
        """Where to go after a step (None for nowhere), and why steps left over were not run."""
        name = workflow.steps[index].step_id
        if action is not None and action.step_id:
            return workflow.index(
                action.step_id
            ), f"not on the way taken: `{name}` went to `{action.step_id}`"
        if action is not None and action.workflow_id:
            return None, f"not on the way taken: `{name}` went to `{action.workflow_id}`"
        if outcome is not Outcome.PASS:
            return None, f"`{name}` did not pass"
        if action is not None:
            return None, f"`{name}` ended the journey"
        return index + 1, "not on the way taken"

    def _step(
        self, workflow: Workflow, step: Step, scope: Scope, prefix: str
    ) -> tuple[Outcome, Action | None]:
        """Take one step, again where a retry says so; its outcome and the action to follow."""
        retries: dict[str, int] = {}
        while True:
            self._taken += 1
            if self._taken > MOST_STEPS:
                self._error(step, prefix, f"the journey took more than {MOST_STEPS} steps; does it go round?")
                return Outcome.ERROR, None
            seen = replace(scope)
            if step.workflow_id:
                result, outcome = None, self._call(step, scope, prefix)
            else:
                result = asking.ask(
                    self.council, self.journey, workflow, step, seen, f"{prefix}{step.step_id}"
                )
                outcome = result.outcome
            action = _chosen(workflow, step, outcome, seen, retries)
            if action is None or action.type != "retry":
                break
            retries[action.name] = retries.get(action.name, 0) + 1
            time.sleep(action.retry_after)
        if result is not None:
            self._record(replace(result, attempts=1 + sum(retries.values())))
        return outcome, action

    def _call(self, step: Step, scope: Scope, prefix: str) -> Outcome:
        """Walk the workflow that a step calls; its steps are recorded under this one's name."""
        workflow = self.document.workflow(step.workflow_id or "")
        try:
            given = {
                parameter.name: fill(parameter.value, scope)
                for parameter in map(self.document.parameter, step.parameters)
            }
        except NoValue as missing:
            self._error(step, prefix, str(missing))
            return Outcome.ERROR
        outputs = self._workflow(workflow, given, f"{prefix}{step.step_id}/")
        if outputs is None:
            return Outcome.FAIL
        seen = Scope(inputs=scope.inputs, outputs=outputs)
        found = self._outputs(step.outputs, seen, f"{prefix}{step.step_id}")
        if found is None:
            return Outcome.ERROR
        scope.steps[step.step_id] = found
        return Outcome.PASS

    def _inputs(self, workflow: Workflow, given: Mapping[str, Any]) -> dict[str, Any]:
        declared = self.document.inputs(workflow).get("properties", {})
        defaults = {name: schema["default"] for name, schema in declared.items() if "default" in schema}
        every = {**defaults, "council": self.council.name, "key": self.council.key, **given}
        return {name: value for name, value in every.items() if name in declared}

    def _outputs(self, written: Mapping[str, str], scope: Scope, name: str) -> dict[str, Any] | None:
        try:
            return {output: fill(value, scope) for output, value in written.items()}
        except NoValue as missing:
            self._record(StepResult(self.journey.id, name, "outputs", Outcome.ERROR, reason=str(missing)))
            return None

    def _skip(self, workflow: Workflow, ran: set[str], prefix: str, reason: str) -> None:
        for step in workflow.steps:
            if step.step_id not in ran:
                self._record(
                    StepResult(
                        self.journey.id,
                        f"{prefix}{step.step_id}",
                        step.description or step.step_id,
                        Outcome.SKIP,
                        reason=reason,
                    )
                )

    def _error(self, step: Step, prefix: str, reason: str) -> None:
        title = step.description or step.step_id
        self._record(
            StepResult(self.journey.id, f"{prefix}{step.step_id}", title, Outcome.ERROR, reason=reason)
        )

    def _record(self, result: StepResult) -> None:
        self.results.append(result)
        self.on_step(result)


def _chosen(
    workflow: Workflow, step: Step, outcome: Outcome, scope: Scope, retries: Mapping[str, int]
) -> Action | None:
    """The first action whose criteria hold; a retry that is used up is passed over."""
    actions: Sequence[Action]
    if outcome is Outcome.PASS:
        actions = step.on_success or workflow.success_actions
    else:
        actions = step.on_failure or workflow.failure_actions
    for action in actions:
        used_up = action.type == "retry" and retries.get(action.name, 0) >= action.retry_limit
        if not used_up and all_hold(action.criteria, scope):
            return action
    return None
