"""The lists of a service: which there are, how their pages are turned and what their filters are about.

Most of it is read from the contract: an operation with `page` and `per_page` whose answer has `items` and
`total` is a list, and a filter that is called as a field of its entries leaves those that have the value.
What the contract does not tell is in the pack's `records.yaml`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scenarios.conformance.checks import Missed, Skipped
from scenarios.conformance.draws import Draws
from scenarios.conformance.readings import NotThere, entries
from scenarios.exchange import Answer
from scenarios.expressions import Scope, as_text, fill
from scenarios.openapi import Operation, Service, resolve
from scenarios.records import Filter, ListSaid, Span

if TYPE_CHECKING:
    from scenarios.conformance.probe import Probe
    from scenarios.packs import Packs

Entry = Mapping[str, Any]
MOST_PAGES = 6
"""Pages of the largest size that are read of one list; of a longer one it is a sample."""
PAGE, SIZE = "page", "per_page"


@dataclass(frozen=True)
class Paging:
    """The parameters by which pages are turned, and the largest and the usual size of one."""

    page: str
    size: str
    largest: int
    usual: int


@dataclass(frozen=True)
class Parent:
    """The list whose entries have the value of a path's parameter, and the field that holds it."""

    operation: str
    parameter: str
    field: str


@dataclass(frozen=True)
class ListOf:
    """One list. `fields` are the schemas of its entries' fields, `parameters` those of its query.

    `counts` is True where the answer has a `total`. `shows` is the operation that reads one entry by its
    `key`, with the name of the parameter.
    """

    operation: str
    items: str
    counts: bool
    paging: Paging | None
    fields: Mapping[str, Any]
    parameters: Mapping[str, Any]
    key: str | None = None
    shows: tuple[str, str] | None = None
    parent: Parent | None = None
    filters: Mapping[str, Filter] = field(default_factory=dict)
    said: ListSaid | None = None

    @property
    def span(self) -> Span | None:
        return self.said.span if self.said else None

    def name_of(self, entry: Entry) -> str:
        """What tells an entry from the others: its key, or all of it."""
        if self.key is not None and self.key in entry:
            return as_text(entry[self.key])
        return json.dumps(entry, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class Asked:
    """A list with what its path and query need on this council."""

    of: ListOf
    path: Mapping[str, str]
    query: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """One page as it was answered; `total` is None where the list does not count."""

    entries: tuple[Entry, ...]
    total: int | None
    answer: Answer


@dataclass(frozen=True)
class Known:
    """What was read of a list, in its order; `whole` where that is all of it."""

    entries: tuple[Entry, ...]
    total: int | None
    whole: bool
    last: Page


def of(service: Service, packs: Packs) -> Iterator[ListOf]:
    """Every list of a service, in the order of its contract."""
    records = packs.records.get(service.name)
    said = {one.operation: one for one in records.lists} if records else {}
    for operation in service.operations.values():
        if operation.method == "GET" and (operation.id in said or _is_list(service, operation)):
            yield _described(service, operation, said.get(operation.id))


def asked(probe: Probe, one: ListOf) -> Asked:
    """The list as it can be asked here; raises Skipped where nothing was found to ask it of."""
    outputs: Mapping[str, Any] = {}
    if one.said is not None and one.said.finds:
        outputs = probe.follow(one.said.finds)
    scope = Scope(inputs={"key": "", "unique": ""}, outputs=outputs)
    path = fill(one.said.path, scope) if one.said else {}
    query = fill(one.said.query, scope) if one.said else {}
    if one.parent is not None and not path:
        path = {one.parent.parameter: _of_parent(probe, one.parent)}
    return Asked(
        one,
        {name: as_text(value) for name, value in path.items()},
        {name: as_text(value) for name, value in query.items()},
    )


def page(
    probe: Probe,
    where: Asked,
    number: int | None = None,
    size: int | None = None,
    query: Mapping[str, str] | None = None,
) -> Page:
    """One page; raises Missed where the answer is not what the contract says."""
    one = where.of
    turned: dict[str, str] = {}
    if one.paging is not None:
        turned |= {one.paging.page: str(number)} if number is not None else {}
        turned |= {one.paging.size: str(size)} if size is not None else {}
    answer = probe.ask(one.operation, path=where.path, query={**where.query, **(query or {}), **turned})
    return read(probe, one, answer)


def read(probe: Probe, one: ListOf, answer: Answer) -> Page:
    """The page in an answer; raises Missed where there is none."""
    probe.in_contract(one.operation, answer)
    if answer.status != 200:
        raise Missed(
            f"{one.operation} does not answer a list",
            expected="200",
            got=f"{answer.status} {answer.text[:300]}",
            answer=answer,
        )
    try:
        found = entries(answer, one.items)
    except NotThere as nothing:
        raise Missed(
            f"{one.operation} does not answer a list", expected="a list", got=str(nothing), answer=answer
        ) from nothing
    return Page(tuple(found), answer.body["total"] if one.counts else None, answer)


def known(probe: Probe, where: Asked, query: Mapping[str, str] | None = None) -> Known:
    """All of a list, or as much as is read of one that is longer, in pages of the largest size."""
    one = where.of
    if one.paging is None:
        only = page(probe, where, query=query)
        return Known(only.entries, only.total, True, only)
    size = one.paging.largest
    found: list[Entry] = []
    for number in range(1, MOST_PAGES + 1):
        last = page(probe, where, number, size, query)
        found += last.entries
        ended = len(last.entries) < size if last.total is None else len(found) >= last.total
        if ended or not last.entries:
            return Known(tuple(found), last.total, True, last)
    return Known(tuple(found), last.total, False, last)


def _of_parent(probe: Probe, parent: Parent) -> str:
    answer = probe.ask(parent.operation)
    probe.in_contract(parent.operation, answer)
    try:
        items = entries(answer, "" if isinstance(answer.body, list) else "/items")
    except NotThere as nothing:
        raise Skipped(
            f"{parent.operation} lists nothing of which this could be asked: {nothing}"
        ) from nothing
    held = [each[parent.field] for each in items if isinstance(each, Mapping) and parent.field in each]
    if not held:
        raise Skipped(f"{parent.operation} lists nothing of which this could be asked")
    return as_text(Draws(probe.seed, parent.operation).one(held))


def _is_list(service: Service, operation: Operation) -> bool:
    properties = properties_of(service, answered(service, operation))
    return {PAGE, SIZE} <= operation.names("query") and {"items", "total"} <= set(properties)


def _described(service: Service, operation: Operation, said: ListSaid | None) -> ListOf:
    items = said.items if said else "/items"
    whole = answered(service, operation)
    fields = properties_of(service, entry_schema(service, whole, items))
    parameters = parameters_of(service, operation)
    shows, parameter = _shown_by(service, operation, fields)
    key = said.key if said and said.key else _field_of(parameter, fields) if parameter else None
    filters = _filters(said, parameters, fields)
    return ListOf(
        operation=operation.id,
        items=items,
        counts="total" in properties_of(service, whole),
        paging=_paging(said, parameters),
        fields=fields,
        parameters=parameters,
        key=key,
        shows=(shows, parameter) if shows else None,
        parent=None if said and said.path else parent_of(service, operation),
        filters=filters,
        said=said,
    )


def _paging(said: ListSaid | None, parameters: Mapping[str, Any]) -> Paging | None:
    page, size = (said.page or PAGE, said.size or SIZE) if said else (PAGE, SIZE)
    if page not in parameters or size not in parameters:
        return None
    limits = parameters[size]
    return Paging(page, size, min(200, int(limits.get("maximum", 50))), int(limits.get("default", 50)))


def _filters(
    said: ListSaid | None, parameters: Mapping[str, Any], fields: Mapping[str, Any]
) -> dict[str, Filter]:
    named = dict(said.filters) if said else {}
    left_out = {*named, *(said.not_filters if said else ()), *(said.query if said else ())}
    same = {name: Filter(field=name) for name in parameters if name in fields and name not in left_out}
    return {**same, **named}


def _shown_by(service: Service, operation: Operation, fields: Mapping[str, Any]) -> tuple[str, str]:
    """The operation that reads one entry of a list, and its parameter: `/bins/{reference}` of `/bins`."""
    stem, ending = split(operation.path)
    for other in service.operations.values():
        before, _, rest = other.path.rpartition("/")
        name, other_ending = split(rest)
        if other.method == "GET" and before == stem and ending == other_ending and name.startswith("{"):
            parameter = name.strip("{}")
            if _field_of(parameter, fields):
                return other.id, parameter
    return "", ""


def parent_of(service: Service, operation: Operation) -> Parent | None:
    """The list that has the value of the path's only parameter: `/accounts` of `/accounts/{number}/bills`."""
    names = sorted(operation.names("path"))
    if len(names) != 1:
        return None
    before = operation.path.split("/{")[0]
    for other in service.operations.values():
        if other.method == "GET" and split(other.path)[0] == before and not other.required:
            whole = answered(service, other)
            items = "/items" if "items" in properties_of(service, whole) else ""
            found = _field_of(names[0], properties_of(service, entry_schema(service, whole, items)))
            if found and split(other.path)[1] == split(operation.path)[1]:
                return Parent(other.id, names[0], found)
    return None


def _field_of(parameter: str, fields: Mapping[str, Any]) -> str | None:
    """The field that a path's parameter names: `uprn`, or `id` for `resident_id`."""
    return next((name for name in fields if parameter == name or parameter.endswith(f"_{name}")), None)


def split(path: str) -> tuple[str, str]:
    """A path without the ending that names its format, and the ending: `/requests`, `.json`."""
    for ending in (".json", ".xml"):
        if path.endswith(ending):
            return path.removesuffix(ending), ending
    return path, ""


def answered(service: Service, operation: Operation) -> Any:
    """The schema of an operation's good answer in JSON; {} where it has none."""
    for status, documented in operation.responses.items():
        if status.startswith("2"):
            content = resolve(documented, service.document).get("content", {})
            return resolve(content.get("application/json", {}).get("schema", {}), service.document)
    return {}


def entry_schema(service: Service, whole: Any, pointer: str) -> Any:
    """The schema of the entries of the list that a pointer leads to."""
    for token in pointer.split("/")[1:]:
        whole = properties_of(service, whole).get(token, {})
    return resolve(resolve(whole, service.document).get("items", {}), service.document)


def properties_of(service: Service, schema: Any) -> dict[str, Any]:
    """The fields of an object's schema, those of its alternatives and parts among them."""
    schema = resolve(schema, service.document)
    found: dict[str, Any] = {}
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        found |= properties_of(service, part)
    return found | {
        name: plain(service, described) for name, described in schema.get("properties", {}).items()
    }


def plain(service: Service, schema: Any) -> dict[str, Any]:
    """A field's schema looked up, without the alternative that it is null."""
    schema = dict(resolve(schema, service.document))
    others = [
        resolved
        for resolved in (resolve(each, service.document) for each in schema.pop("anyOf", ()))
        if resolved.get("type") != "null"
    ]
    return {**schema, **others[0]} if len(others) == 1 else schema


def parameters_of(service: Service, operation: Operation) -> dict[str, dict[str, Any]]:
    """The schema of each parameter of an operation's query."""
    item = service.document["paths"][operation.path]
    written = [*item.get("parameters", ()), *item[operation.method.lower()].get("parameters", ())]
    looked_up = [resolve(one, service.document) for one in written]
    return {one["name"]: plain(service, one.get("schema", {})) for one in looked_up if one["in"] == "query"}
