"""What a pack says of the records of its service: how one is made on any council, and where it is then seen.

A `records.yaml` beside the journeys. Checks of several kinds make records by it and know nothing of any
service themselves. Values are runtime expressions (`scenarios.expressions`): `$outputs.x` is what its
workflow found, `$inputs.key` a key, `$inputs.unique` a text that no other making has, and once the record is
made `$inputs.reference`, `$request...` and `$response...`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from scenarios import expressions
from scenarios.expressions import NotAnExpression
from scenarios.openapi import Operation, Service
from scenarios.problems import Mistake, suggestion
from scenarios.reading import json_path
from scenarios.reckoning import AnyRule, ByNumber, CouncilTime, RoundsInOrder, SameAsFeed, WorkingDaysAfter

GIVEN = ("key", "unique")
"""The inputs that every expression may use; those of what is asked after the making have `reference` too."""
POINTER = r"^(/([^/~]|~[01])*)*$"
FORM = "application/x-www-form-urlencoded"

Place = tuple[str | int, ...]
Found = Iterator[tuple[Place, str]]


class Part(BaseModel):
    """Any object of the file; a field that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Call(Part):
    """One operation, with what is sent to it. `status` is what it is answered with."""

    operation: str
    path: dict[str, str] = Field(default_factory=dict)
    query: dict[str, Any] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    body: dict[str, Any] | None = None
    content_type: Literal["application/json", "application/x-www-form-urlencoded"] = "application/json"
    status: int = Field(default=200, ge=200, le=299)


class Shown(Call):
    """How one record is read; `record` points at it within the answer."""

    record: str = Field(default="", pattern=POINTER)


class Listed(Call):
    """The list that a record is in: `items` points at its entries, and an entry that has all of `holds` is
    the record's.
    """

    items: str = Field(default="/items", pattern=POINTER)
    holds: dict[str, Any] = Field(min_length=1)


class Change(Call):
    """How a record is changed. `sets` is what its fields then are."""

    sets: dict[str, Any] = Field(default_factory=dict)


class Again(Part):
    """What the same request is answered with a second time. `names` points at the first one's reference."""

    status: int = Field(ge=200, le=499)
    names: str | None = Field(default=None, pattern=POINTER)


class Due(Part):
    """An event that a record leads to by itself: its type, and the field that holds its day or instant.

    It comes by then, and `exactly` means not before.
    """

    type: str
    on: str
    exactly: bool = False


class Told(Part):
    """The types of the events that tell of a record, and their subject.

    `data` is what the event of the making says at least, `changed_data` that of the change.
    """

    made: str | None = None
    changed: str | None = None
    due: Due | None = None
    subject: str = "$inputs.reference"
    data: dict[str, Any] = Field(default_factory=dict)
    changed_data: dict[str, Any] = Field(default_factory=dict)


class Pick(Part):
    """The entry of a list that was found (`output`) which has the most of something; its fields become
    outputs.
    """

    output: str
    most: str


class Making(Part):
    """How one kind of record is made.

    `finds` is a workflow of the pack whose outputs are what is needed; where that declares an input `nth`, it
    finds another the higher that is. `answers` finds the record's reference in the answer. `comes_back` maps
    a pointer into what was sent to one into the record that is shown, for those that are not the same.
    `text` points at the fields of free text in what is sent. `once`: of several who ask for the very same
    one gets it.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    finds: str
    picks: Pick | None = None
    makes: Call
    answers: str
    shows: Shown | None = None
    lists: Listed | None = None
    changes: Change | None = None
    events: Told = Told()
    again: Again | None = None
    comes_back: dict[str, str] = Field(default_factory=dict)
    text: tuple[str, ...] = ()
    once: bool = False

    def calls(self) -> Iterator[tuple[str, Call]]:
        """Each call by the name of its field, in the order in which they are made."""
        for name in ("makes", "shows", "lists", "changes"):
            call = getattr(self, name)
            if call is not None:
                yield name, call


class Filter(Part):
    """What a filter leaves, by a field of the entries.

    equals: those whose field is the value. present: with `true` those whose field is not null, with `false`
    the others. least, most: those whose field is no less, no more. words: those in whose fields each word of
    the value begins one.
    """

    field: str
    leaves: Literal["equals", "present", "least", "most", "words"] = "equals"


def _by_field(written: Any) -> Any:
    return {"field": written} if isinstance(written, str) else written


NamedFilter = Annotated[Filter, BeforeValidator(_by_field)]
"""A filter, which is written as its field alone where it leaves those that have the value."""


class Span(Part):
    """Two filters that leave what lies between two days or instants of a field, both included."""

    start: str
    end: str
    field: str


class ListSaid(Part):
    """What the contract alone does not tell of a list.

    `finds` is a workflow whose outputs `path` and `query` may use (as `$outputs.x`); `query` goes with every
    request, so that the list is one whose entries are filtered and not chosen. `filters` are by name, where
    they are not called as a field; `not_filters` are parameters that are none, `overrides` filters beside
    which no other counts. `several` names filters that take values joined by commas. `order` names the fields
    that entries are sorted by, with `-` for the last first. `page` and `size` are the parameters of paging,
    `key` the field that tells entries apart.
    """

    operation: str
    finds: str | None = None
    path: dict[str, str] = Field(default_factory=dict)
    query: dict[str, Any] = Field(default_factory=dict)
    items: str = Field(default="/items", pattern=POINTER)
    key: str | None = None
    page: str | None = None
    size: str | None = None
    filters: dict[str, NamedFilter] = Field(default_factory=dict)
    not_filters: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    span: Span | None = None


class Records(Part):
    """A `records.yaml`."""

    makings: tuple[Making, ...] = ()
    lists: tuple[ListSaid, ...] = ()
    rules: tuple[AnyRule, ...] = ()


def names() -> set[str]:
    """Every field name of the model."""
    parts = (Records, Making, Shown, Listed, Change, Again, Due, Told, Pick, ListSaid, Filter, Span)
    kinds = (WorkingDaysAfter, ByNumber, RoundsInOrder, SameAsFeed, CouncilTime)
    return {field.alias or name for part in (*parts, *kinds) for name, field in part.model_fields.items()}


def mistakes_in(
    records: Records,
    file: str,
    found_by: Mapping[str, set[str]],
    whose: Mapping[str, str],
    requirements: Collection[str],
) -> list[Mistake]:
    """Mistakes that show without a council.

    `found_by` gives for each workflow of the pack the names of its outputs, `whose` the pack of each
    workflow there is, `requirements` the ids of all that there are.
    """
    told: list[Mistake] = []
    seen: set[str] = set()
    for index, making in enumerate(records.makings):
        place: Place = ("makings", index)
        if making.name in seen:
            told.append(Mistake(file, json_path((*place, "name")), f"`{making.name}` is used twice"))
        seen.add(making.name)
        for where, message in _making(making, place, found_by, whose):
            told.append(Mistake(file, json_path(where), message))
    for index, said in enumerate(records.lists):
        for where, message in _list(said, ("lists", index), found_by):
            told.append(Mistake(file, json_path(where), message))
    for index, rule in enumerate(records.rules):
        for where, message in _rule(rule, ("rules", index), records, requirements):
            told.append(Mistake(file, json_path(where), message))
    return told


def _rule(rule: AnyRule, place: Place, records: Records, requirements: Collection[str]) -> Found:
    made = [making.name for making in records.makings]
    if isinstance(rule, WorkingDaysAfter | ByNumber | CouncilTime) and rule.making not in made:
        yield (*place, "making"), f"there is no making `{rule.making}`; {suggestion(rule.making, made)}"
    for requirement in rule.verifies:
        if requirement not in requirements:
            near = suggestion(requirement, requirements)
            yield (*place, "verifies"), f"there is no requirement `{requirement}`; {near}"


def _list(said: ListSaid, place: Place, found_by: Mapping[str, set[str]]) -> Found:
    if said.finds is not None and said.finds not in found_by:
        near = suggestion(said.finds, found_by)
        yield (*place, "finds"), f"there is no workflow `{said.finds}` in this pack; {near}"
        return
    outputs = found_by[said.finds] if said.finds else set()
    for name, values in (("path", said.path), ("query", said.query)):
        yield from _value(values, (*place, name), outputs, GIVEN, made=False)


def _making(
    making: Making, place: Place, found_by: Mapping[str, set[str]], whose: Mapping[str, str]
) -> Found:
    if making.finds not in found_by:
        elsewhere = whose.get(making.finds)
        why = f"it is one of `{elsewhere}`" if elsewhere else suggestion(making.finds, found_by)
        yield (*place, "finds"), f"there is no workflow `{making.finds}` in this pack; {why}"
        return
    outputs = set(found_by[making.finds])
    if making.picks is not None:
        if making.picks.output not in outputs:
            near = suggestion(making.picks.output, outputs)
            yield (
                (*place, "picks", "output"),
                f"`{making.finds}` has no output `{making.picks.output}`; {near}",
            )
        outputs = set()
    yield from _values(making.makes, (*place, "makes"), outputs, GIVEN, made=False, picked=making.picks)
    later = (*GIVEN, "reference")
    for name, call in making.calls():
        if name != "makes":
            yield from _values(call, (*place, name), set(), later, made=True)
    told: dict[str, Any] = {"subject": making.events.subject, "data": making.events.data}
    told["changed_data"] = making.events.changed_data
    yield from _value(told, (*place, "events"), set(), later, made=True)
    yield from _value(making.answers, (*place, "answers"), set(), GIVEN, made=True)
    for name in making.text:
        if making.makes.body is None or name not in making.makes.body:
            yield (
                (*place, "text"),
                f"nothing is sent as `{name}`; {suggestion(name, making.makes.body or ())}",
            )


def _values(
    call: Call,
    place: Place,
    outputs: set[str],
    inputs: Sequence[str],
    *,
    made: bool,
    picked: Pick | None = None,
) -> Found:
    sent = {"path": call.path, "query": call.query, "headers": call.headers, "body": call.body}
    for name in ("holds", "sets"):
        sent[name] = getattr(call, name, None)
    for name, values in sent.items():
        yield from _value(values, (*place, name), outputs, inputs, made=made, picked=picked)


def _value(
    value: Any,
    place: Place,
    outputs: set[str],
    inputs: Sequence[str],
    *,
    made: bool,
    picked: Pick | None = None,
) -> Found:
    for text in expressions.found_in(value):
        try:
            one = expressions.parse(text)
        except NotAnExpression as wrong:
            yield place, str(wrong)
            continue
        if one.root == "inputs":
            if one.name not in inputs:
                yield place, f"`{text}`: there is no input `{one.name}`; {suggestion(one.name, inputs)}"
        elif one.root == "outputs" and not made:
            if picked is None and one.name not in outputs:
                yield place, f"`{text}`: there is no output `{one.name}`; {suggestion(one.name, outputs)}"
        elif not made or one.root not in ("request", "response"):
            known = "`$inputs`, `$request` and `$response`" if made else "`$inputs` and `$outputs`"
            yield place, f"`{text}` is not known here; there are {known}"


def unfit_in(records: Records, file: str, service: Service) -> list[Mistake]:
    """Mistakes that show against the service's OpenAPI: operations and parameters that there are not."""
    told = [
        Mistake(file, json_path(("makings", index, name)), message)
        for index, making in enumerate(records.makings)
        for name, call in making.calls()
        for message in _unfit(call, service)
    ]
    for index, said in enumerate(records.lists):
        call = Call(operation=said.operation, path=said.path, query=_parameters(said))
        told += [Mistake(file, json_path(("lists", index)), message) for message in _unfit(call, service)]
    return told


def _parameters(said: ListSaid) -> dict[str, Any]:
    """Every parameter of the query that is named of a list."""
    span = (said.span.start, said.span.end) if said.span else ()
    named = (
        *said.query,
        *said.filters,
        *said.not_filters,
        *said.overrides,
        *said.several,
        *span,
        said.page,
        said.size,
    )
    return {name: "" for name in named if name is not None}


def _unfit(call: Call, service: Service) -> Iterator[str]:
    operation = service.operations.get(call.operation)
    if operation is None:
        near = suggestion(call.operation, service.operations)
        yield f"`{service.name}` has no operation `{call.operation}`; {near}"
        return
    yield from _strange(operation, "path", call.path)
    yield from _strange(operation, "query", call.query)
    for name in sorted(operation.names("path") - set(call.path)):
        yield f"`{operation.id}` needs the path parameter `{name}`"
    if str(call.status) not in operation.responses:
        known = ", ".join(sorted(operation.responses))
        yield f"`{operation.id}` is not answered with {call.status}; it documents {known}"


def _strange(operation: Operation, place: str, given: Mapping[str, Any]) -> Iterator[str]:
    known = operation.names(place)
    for name in given:
        if name not in known:
            yield f"`{operation.id}` has no {place} parameter `{name}`; {suggestion(name, known)}"
