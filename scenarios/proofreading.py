"""Mistakes in one document that can be seen without a council: names that lead nowhere, texts that cannot be
read, and what other runners would take differently. Each comes with its place and the nearest right name.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.arazzo import Document, Workflow
from scenarios.problems import Mistake, suggestion
from scenarios.reading import json_path
from scenarios.steps import Found, Place, Reader

GIVEN_INPUTS = ("council", "key")
"""What every run gives to every journey: the council's name and an API key."""


def mistakes_in(document: Document, file: str) -> list[Mistake]:
    """Every mistake found in a document, in its order."""
    return [Mistake(file, json_path(place), message) for place, message in _document(document)]


def _document(document: Document) -> Found:
    yield from _sources(document)
    ids = [workflow.workflow_id for workflow in document.workflows]
    yield from _repeats(ids, ("workflows",), "workflowId")
    yield from _confusable(document)
    for index, workflow in enumerate(document.workflows):
        place: Place = ("workflows", index)
        yield from _inputs(document, workflow, place)
        yield from _calls(document, workflow, place)
        yield from _repeats([step.step_id for step in workflow.steps], (*place, "steps"), "stepId")
        for number, step in enumerate(workflow.steps):
            yield from Reader(document, workflow, step).step((*place, "steps", number))
        reader = Reader(document, workflow, None)
        for kind, actions in (
            ("successActions", workflow.success_actions),
            ("failureActions", workflow.failure_actions),
        ):
            yield from reader.actions(actions, (*place, kind), after_failure=kind == "failureActions")
        yield from reader.values(workflow.outputs, (*place, "outputs"))
        yield from reader.parameters(workflow.parameters, place)


def _sources(document: Document) -> Found:
    names = [source.name for source in document.source_descriptions]
    yield from _repeats(names, ("sourceDescriptions",), "name")
    for index, source in enumerate(document.source_descriptions):
        if source.url != f"{source.name}.openapi.json":
            message = (
                f"should be `{source.name}.openapi.json`: a source is named by its service, and no address "
                "is written in a journey"
            )
            yield ("sourceDescriptions", index, "url"), message


def _confusable(document: Document) -> Found:
    """`redocly respect` takes outputs of like-named steps in different workflows for one another's."""
    owners: dict[str, Workflow] = {}
    for index, workflow in enumerate(document.workflows):
        for number, step in enumerate(workflow.steps):
            owner = owners.setdefault(step.step_id, workflow) if step.outputs else workflow
            if owner is not workflow:
                message = (
                    f"`{step.step_id}` is also a step with outputs in `{owner.workflow_id}`: other runners "
                    "mix them up, so give it another name"
                )
                yield ("workflows", index, "steps", number, "stepId"), message


def _inputs(document: Document, workflow: Workflow, place: Place) -> Found:
    try:
        schema = document.inputs(workflow)
    except KeyError as unknown:
        known = document.components.inputs
        yield (*place, "inputs", "$ref"), f"leads nowhere; {suggestion(str(unknown.args[0]), known)}"
        return
    if not schema:
        yield (
            (*place, "inputs"),
            "is missing: declare `council` and `key`, or a `$ref` to components that does",
        )
        return
    for name, described in schema.get("properties", {}).items():
        if name not in GIVEN_INPUTS and "default" not in described:
            message = "needs a `default`: a run gives only `council` and `key`"
            yield (*place, "inputs", "properties", name), message


def _calls(document: Document, workflow: Workflow, place: Place) -> Found:
    ids = {other.workflow_id for other in document.workflows}
    for index, dependency in enumerate(workflow.depends_on):
        if dependency not in ids:
            yield (
                (*place, "dependsOn", index),
                f"there is no workflow `{dependency}` here; {suggestion(dependency, ids)}",
            )
        elif _leads_to(document, dependency, workflow.workflow_id):
            yield (
                (*place, "dependsOn", index),
                f"goes round in a circle: `{dependency}` leads back to this workflow",
            )
    for called in sorted(workflow.called()):
        if _leads_to(document, called, workflow.workflow_id):
            yield place, f"goes round in a circle: `{called}` leads back to this workflow"


def _leads_to(document: Document, start: str, end: str) -> bool:
    return end in {workflow.workflow_id for workflow in document.reached(start, dependencies=True)}


def _repeats(names: Sequence[str], place: Place, last: str) -> Found:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (*place, index, last), f"`{name}` is used twice"
