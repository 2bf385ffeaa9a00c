"""Mistakes in a workflow's steps: each name and expression read against the names around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scenarios import criteria, expressions
from scenarios.arazzo import Action, Criterion, Document, Parameter, Reference, Step, Workflow
from scenarios.expressions import Expression, NotAnExpression
from scenarios.problems import suggestion

Place = tuple[str | int, ...]
"""Where in a document: keys and positions from its root."""

Found = Iterator[tuple[Place, str]]
"""Mistakes: where, and what to do."""


class Reader:
    """Reads one step (or the workflow's own parts, where `step` is None) against the names around it."""

    def __init__(self, document: Document, workflow: Workflow, step: Step | None) -> None:
        self.document = document
        self.workflow = workflow
        self.one = step
        self.steps = {other.step_id: other for other in workflow.steps}
        self.workflows = {other.workflow_id: other for other in document.workflows}

    def step(self, place: Place) -> Found:
        step = self.one
        if step is None:
            return
        if (step.operation_id is None) == (step.workflow_id is None):
            yield place, "has either an `operationId` or a `workflowId`"
        elif step.workflow_id is not None:
            yield from self.call(step, place)
        else:
            yield from self.request(step, place)
        yield from self.parameters(step.parameters, place)
        yield from self.values(step.outputs, (*place, "outputs"))
        yield from self.criteria(step.success_criteria, (*place, "successCriteria"))
        yield from self.actions(step.on_success, (*place, "onSuccess"), after_failure=False)
        yield from self.actions(step.on_failure, (*place, "onFailure"), after_failure=True)

    def request(self, step: Step, place: Place) -> Found:
        names = [source.name for source in self.document.source_descriptions]
        parts = (step.operation_id or "").split(".")
        if len(parts) != 3 or parts[0] != "$sourceDescriptions":
            message = (
                f"should be `$sourceDescriptions.<service>.{parts[-1]}`, so that it means one operation only"
            )
            yield (*place, "operationId"), message
        elif parts[1] not in names:
            message = f"there is no source `{parts[1]}` in this document; {suggestion(parts[1], names)}"
            yield (*place, "operationId"), message
        if not step.success_criteria:
            yield place, "has no `successCriteria`: without one a step would prove nothing"
        for index, written in enumerate(step.parameters):
            if isinstance(written, Parameter) and written.location is None:
                yield (*place, "parameters", index), "needs `in`: path, query, header or cookie"
        if step.request_body is not None:
            body = step.request_body
            if body.content_type != "text/plain" and not isinstance(body.payload, dict | list):
                message = "should be written as a mapping, not as text: runners read text differently"
                yield (*place, "requestBody", "payload"), message
            yield from self.values(body.payload, (*place, "requestBody", "payload"))

    def call(self, step: Step, place: Place) -> Found:
        ids = self.workflows
        if step.workflow_id not in ids:
            near = suggestion(step.workflow_id or "", ids)
            yield (
                (*place, "workflowId"),
                f"there is no workflow `{step.workflow_id}` in this document; {near}",
            )
        if step.success_criteria or step.request_body:
            yield place, "calls a workflow, which has criteria and requests of its own: leave them out here"
        if any(action.type == "retry" for action in step.on_failure):
            yield (*place, "onFailure"), "a called workflow is not tried again: put the retry in its own step"
        for index, written in enumerate(step.parameters):
            if isinstance(written, Parameter) and written.location is not None:
                yield (
                    (*place, "parameters", index, "in"),
                    "an input of a called workflow has only a name and a value",
                )

    def actions(self, actions: Sequence[Action], place: Place, *, after_failure: bool) -> Found:
        for index, action in enumerate(actions):
            here = (*place, index)
            if action.name in [other.name for other in actions[:index]]:
                yield (*here, "name"), f"`{action.name}` is used twice"
            yield from self.action(action, here)
            if action.type == "retry" and not after_failure:
                yield (*here, "type"), "only a failure is tried again: use goto or end"
            yield from self.criteria(action.criteria, (*here, "criteria"))
            for number, criterion in enumerate(action.criteria):
                used = expressions.found_in([criterion.context or "", *criterion.condition.split()])
                if any(text.startswith("$inputs.") for text in used):
                    message = "other runners see no `$inputs` in an action: compare with a step's output"
                    yield (*here, "criteria", number), message

    def action(self, action: Action, here: Place) -> Found:
        targets = [target for target in (action.step_id, action.workflow_id) if target]
        if action.type == "goto" and len(targets) != 1:
            yield here, "a goto needs either a `stepId` or a `workflowId`"
        if action.type != "goto" and targets:
            yield here, f"`{action.type}` goes nowhere: leave out `stepId` and `workflowId`"
        if action.step_id and action.step_id not in self.steps:
            near = suggestion(action.step_id, self.steps)
            yield (*here, "stepId"), f"there is no step `{action.step_id}`; {near}"
        if action.workflow_id and action.workflow_id not in self.workflows:
            near = suggestion(action.workflow_id, self.workflows)
            yield (*here, "workflowId"), f"there is no workflow `{action.workflow_id}`; {near}"

    def parameters(self, parameters: Sequence[Parameter | Reference], place: Place) -> Found:
        known = {f"$components.parameters.{name}" for name in self.document.components.parameters}
        seen: set[tuple[str | None, str]] = set()
        for index, written in enumerate(parameters):
            here = (*place, "parameters", index)
            if isinstance(written, Reference) and written.reference not in known:
                near = suggestion(written.reference, known)
                yield (*here, "reference"), f"`{written.reference}` leads nowhere; {near}"
                continue
            parameter = self.document.parameter(written)
            if (parameter.location, parameter.name) in seen:
                yield here, f"`{parameter.name}` is given twice"
            seen.add((parameter.location, parameter.name))
            yield from self.values(parameter.value, here)

    def criteria(self, written: Sequence[Criterion], place: Place) -> Found:
        for index, criterion in enumerate(written):
            try:
                criteria.check_readable(criterion)
            except (criteria.NotACondition, NotAnExpression) as wrong:
                yield (*place, index), str(wrong)
                continue
            if criterion.type == "simple":
                read: Iterable[Expression] = criteria.read_condition(criterion.condition).expressions()
            else:
                texts = [criterion.context or "", *expressions.found_in(criterion.condition)]
                read = [expressions.parse(text) for text in texts]
            for expression in read:
                yield from self.expression(expression, (*place, index))

    def values(self, value: Any, place: Place) -> Found:
        for text in expressions.unbraced_in(value):
            yield (
                place,
                f"`{text}`: an expression among other words stands in braces, as in `Bearer {{$inputs.key}}`",
            )
        for text in expressions.found_in(value):
            try:
                expression = expressions.parse(text)
            except NotAnExpression as wrong:
                root = text.split(".", maxsplit=1)[0]
                hint = "" if root in expressions.ROOTS else f"; {suggestion(root, expressions.ROOTS)}"
                yield place, f"{wrong}{hint}"
                continue
            yield from self.expression(expression, place)

    def expression(self, expression: Expression, place: Place) -> Found:
        match expression.root:
            case "inputs":
                try:
                    declared = self.document.inputs(self.workflow).get("properties", {})
                except KeyError:
                    return
                yield from _known(expression, expression.name, declared, place, "input")
            case "steps":
                yield from _known(expression, expression.of, self.steps, place, "step")
                if expression.of in self.steps:
                    outputs = self.steps[expression.of].outputs
                    yield from _known(
                        expression, expression.name, outputs, place, f"output of `{expression.of}`"
                    )
            case "workflows":
                yield from _known(expression, expression.of, self.workflows, place, "workflow")
                other = self.workflows.get(expression.of)
                if other and expression.part == "outputs":
                    yield from _known(
                        expression, expression.name, other.outputs, place, f"output of `{expression.of}`"
                    )
            case "outputs":
                called = self.workflows.get(self.one.workflow_id or "") if self.one else None
                outputs = called.outputs if called else {}
                yield from _known(
                    expression, expression.name, outputs, place, "output of the workflow called"
                )
            case _:
                return


def _known(expression: Expression, name: str, known: Iterable[str], place: Place, kind: str) -> Found:
    names = list(known)
    if name not in names:
        yield place, f"`{expression.text}`: there is no {kind} `{name}`; {suggestion(name, names)}"
