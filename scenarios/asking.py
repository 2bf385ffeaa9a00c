"""One step's request and the judgement of its answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from scenarios.arazzo import Parameter, Step, Workflow
from scenarios.contract import breaches
from scenarios.council import Council
from scenarios.criteria import judge
from scenarios.exchange import Answer, NoAnswer, Request, masked
from scenarios.expressions import NoValue, Scope, as_text, fill
from scenarios.openapi import Operation, Service, resolve
from scenarios.packs import Journey
from scenarios.results import Check, Outcome, StepResult

KEPT = 2_000
"""Characters of an answer kept as evidence."""


def ask(
    council: Council, journey: Journey, workflow: Workflow, step: Step, scope: Scope, name: str
) -> StepResult:
    """Send a step's request and judge the answer.

    `scope` is given the request, the answer and, where the step passes, its outputs.
    """
    service = council.services[step.service]
    operation = service.operations[step.operation]
    blank = StepResult(journey.id, name, step.description or step.step_id, Outcome.ERROR)
    try:
        request = _request(journey, workflow, step, scope, service, operation)
    except NoValue as missing:
        return replace(blank, reason=str(missing))
    scope.request = request.seen()
    asked = replace(blank, request=request.curl(council.key))
    try:
        answer = council.send(request)
    except NoAnswer as silence:
        return replace(asked, reason=masked(str(silence), council.key))
    scope.answer = answer.seen()
    checks = [judge(criterion, scope) for criterion in step.success_criteria]
    checks += _contract(service, operation, answer)
    outputs, missing_outputs = _outputs(step, scope)
    checks += missing_outputs
    passed = all(check.passed for check in checks)
    if passed:
        scope.steps[step.step_id] = outputs
    return replace(
        asked,
        outcome=Outcome.PASS if passed else Outcome.FAIL,
        seconds=answer.seconds,
        status=answer.status,
        answer=masked(answer.text[:KEPT], council.key),
        checks=tuple(_masked(check, council.key) for check in checks),
    )


def _request(
    journey: Journey, workflow: Workflow, step: Step, scope: Scope, service: Service, operation: Operation
) -> Request:
    places: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    places["header"]["Accept"] = _accepted(service, operation)
    for parameter in map(journey.document.parameter, (*workflow.parameters, *step.parameters)):
        _place(places, parameter, as_text(fill(parameter.value, scope)))
    path = operation.path
    for name, value in places["path"].items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    headers = places["header"]
    if places["cookie"]:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in places["cookie"].items())
    body: Any = None
    content_type = ""
    if step.request_body is not None:
        body = fill(step.request_body.payload, scope)
        content_type = step.request_body.content_type
        headers = {"Content-Type": content_type, **headers}
    return Request(
        method=operation.method,
        url=f"{service.server}{path}",
        path=places["path"],
        query=places["query"],
        headers=headers,
        body=body,
        content_type=content_type,
    )


def _place(places: dict[str, dict[str, str]], parameter: Parameter, value: str) -> None:
    place = places[parameter.location or "query"]
    if parameter.location == "header":
        for name in [name for name in place if name.lower() == parameter.name.lower()]:
            del place[name]
    place[parameter.name] = value


def _accepted(service: Service, operation: Operation) -> str:
    """Every kind of content that the operation documents, as a reader that takes them all would ask."""
    kinds: dict[str, None] = {}
    for documented in operation.responses.values():
        kinds.update(dict.fromkeys(resolve(documented, service.document).get("content", {})))
    return ", ".join(kinds) or "*/*"


def _contract(service: Service, operation: Operation, answer: Answer) -> list[Check]:
    if answer.broken_json:
        return [
            Check("contract: content type", False, f"JSON, as {answer.content_type} says", "text that is not")
        ]
    return breaches(service, operation, answer.status, answer.content_type, answer.body)


def _outputs(step: Step, scope: Scope) -> tuple[dict[str, Any], list[Check]]:
    outputs: dict[str, Any] = {}
    missing = []
    for name, value in step.outputs.items():
        try:
            outputs[name] = fill(value, scope)
        except NoValue as nothing:
            missing.append(Check("output", False, f"`{name}` from {value}", str(nothing)))
    return outputs, missing


def _masked(check: Check, key: str) -> Check:
    return replace(check, expected=masked(check.expected, key), got=masked(check.got, key))
