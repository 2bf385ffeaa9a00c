"""The part of Arazzo 1.0.1 that a journey may use, as a typed model.

Field names are the standard's in snake case. What the model leaves out is left out on purpose, because the
two runners would not agree on it: `operationPath`, XPath criteria, sources that are Arazzo documents, payload
replacements, references to components other than parameters. `x-proves` is ours: the requirements proved.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag
from pydantic.alias_generators import to_camel

NAME = r"^[A-Za-z0-9_-]+$"


class Part(BaseModel):
    """Any object of a document; a field that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class Info(Part):
    title: str
    version: str
    summary: str = ""
    description: str = ""


class Source(Part):
    """A service by name. `url` is a file name beside the document, never an address."""

    name: str = Field(pattern=NAME)
    type: Literal["openapi"]
    url: str


class Parameter(Part):
    """A value sent in a request, or (without `location`) an input of a workflow that a step calls."""

    name: str
    location: Literal["path", "query", "header", "cookie"] | None = Field(default=None, alias="in")
    value: Any


class Reference(Part):
    """A parameter kept once under `components` and named where it is used."""

    reference: str
    value: Any = None


def _kind(written: object) -> str:
    return "reference" if isinstance(written, dict) and "reference" in written else "parameter"


AnyParameter = Annotated[
    Annotated[Parameter, Tag("parameter")] | Annotated[Reference, Tag("reference")], Discriminator(_kind)
]


class RequestBody(Part):
    content_type: str
    payload: Any


class Criterion(Part):
    """A condition on an answer. `context` is what a `regex` or `jsonpath` condition looks at."""

    condition: str
    context: str | None = None
    type: Literal["simple", "regex", "jsonpath"] = "simple"


class Action(Part):
    """What to do after a step: go to another, end, or (after a failure) try again."""

    name: str
    type: Literal["goto", "end", "retry"]
    step_id: str | None = None
    workflow_id: str | None = None
    retry_after: float = Field(default=0.0, ge=0, le=30)
    retry_limit: int = Field(default=1, ge=1, le=20)
    criteria: tuple[Criterion, ...] = ()


class Step(Part):
    """One request to a service (`operation_id`), or a call of another workflow (`workflow_id`)."""

    step_id: str = Field(pattern=NAME)
    description: str = ""
    operation_id: str | None = None
    workflow_id: str | None = None
    parameters: tuple[AnyParameter, ...] = ()
    request_body: RequestBody | None = None
    success_criteria: tuple[Criterion, ...] = ()
    on_success: tuple[Action, ...] = ()
    on_failure: tuple[Action, ...] = ()
    outputs: dict[str, str] = Field(default_factory=dict)

    @property
    def service(self) -> str:
        """The source that `$sourceDescriptions.<source>.<operation>` names."""
        return (self.operation_id or "..").split(".")[1]

    @property
    def operation(self) -> str:
        return (self.operation_id or "..").split(".")[2]


class Workflow(Part):
    """One journey."""

    workflow_id: str = Field(pattern=NAME)
    summary: str = Field(min_length=1)
    description: str = ""
    inputs: dict[str, Any] = Field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    parameters: tuple[AnyParameter, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1)
    success_actions: tuple[Action, ...] = ()
    failure_actions: tuple[Action, ...] = ()
    outputs: dict[str, str] = Field(default_factory=dict)
    proves: tuple[str, ...] = Field(alias="x-proves")

    def index(self, step_id: str) -> int:
        return next(index for index, step in enumerate(self.steps) if step.step_id == step_id)

    def called(self) -> set[str]:
        """The ids of the workflows that its steps call or go to."""
        actions = [*self.success_actions, *self.failure_actions]
        actions += [action for step in self.steps for action in (*step.on_success, *step.on_failure)]
        named = [step.workflow_id for step in self.steps] + [action.workflow_id for action in actions]
        return {workflow_id for workflow_id in named if workflow_id}


class Components(Part):
    inputs: dict[str, dict[str, Any]] = Field(default_factory=dict)
    parameters: dict[str, Parameter] = Field(default_factory=dict)


class Document(Part):
    """A whole Arazzo document."""

    arazzo: Literal["1.0.1"]
    info: Info
    source_descriptions: tuple[Source, ...] = Field(min_length=1)
    workflows: tuple[Workflow, ...] = Field(min_length=1)
    components: Components = Components()

    def parameter(self, written: Parameter | Reference) -> Parameter:
        """The parameter itself, looked up where it was written as a reference (KeyError where unknown)."""
        if isinstance(written, Parameter):
            return written
        kept = self.components.parameters[written.reference.removeprefix("$components.parameters.")]
        return kept if written.value is None else kept.model_copy(update={"value": written.value})

    def inputs(self, workflow: Workflow) -> dict[str, Any]:
        """The JSON schema of a workflow's inputs, looked up where it is a `$ref` to components."""
        reference = workflow.inputs.get("$ref")
        if isinstance(reference, str):
            return self.components.inputs[reference.removeprefix("#/components/inputs/")]
        return workflow.inputs

    def workflow(self, workflow_id: str) -> Workflow:
        return next(one for one in self.workflows if one.workflow_id == workflow_id)

    def reached(self, workflow_id: str, *, dependencies: bool) -> tuple[Workflow, ...]:
        """The workflow and all that it calls (and depends on, where asked), however far."""
        by_id = {workflow.workflow_id: workflow for workflow in self.workflows}
        reached: dict[str, Workflow] = {}
        waiting = [workflow_id]
        while waiting:
            current = waiting.pop()
            if current in reached or current not in by_id:
                continue
            reached[current] = by_id[current]
            waiting += sorted(by_id[current].called())
            waiting += by_id[current].depends_on if dependencies else ()
        return tuple(reached.values())


def names() -> set[str]:
    """Every field name of the model as it is written in a document."""
    parts = (Info, Source, Parameter, Reference, RequestBody, Criterion, Action, Step, Workflow, Components)
    return {field.alias or name for part in (*parts, Document) for name, field in part.model_fields.items()}
