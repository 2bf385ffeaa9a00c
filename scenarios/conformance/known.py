"""What a target shows of itself: its records, and the values by which its operations can be asked.

They are found in the target's own lists, so that the checks know no reference of any council. What was found
is remembered for the lane (`Place.memory`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scenarios.conformance.checks import Skipped
from scenarios.conformance.probe import Probe
from scenarios.exchange import Answer
from scenarios.openapi import Operation, Service, resolve

NAMES = re.compile(r"{(\w+)}")
FORMAT = re.compile(r"\.(json|xml)$")
"""The end of a path that says in which format is answered."""
SIZES = ("per_page", "page_size", "limit")
"""What a list's query parameter for the size of its pages may be called."""
A_PAGE = "50"


def names_in(operation: Operation) -> list[str]:
    """The names in an operation's path, in order."""
    return NAMES.findall(operation.path)


def written(service: Service, operation: Operation) -> Mapping[str, Any]:
    """The operation as it stands in the OpenAPI document."""
    item: Mapping[str, Any] = service.document["paths"][operation.path][operation.method.lower()]
    return item


def reads(service: Service) -> list[Operation]:
    return [one for one in service.operations.values() if one.method == "GET"]


def writes(service: Service) -> list[Operation]:
    return [one for one in service.operations.values() if one.method in ("POST", "PUT", "PATCH", "DELETE")]


def media_of(service: Service, operation: Operation, status: str) -> list[str]:
    """The media types that the operation documents for a status."""
    return list(resolve(operation.responses.get(status, {}), service.document).get("content", {}))


def taken(service: Service, operation: Operation) -> list[str]:
    """The media types of a body that the operation takes."""
    body = resolve(written(service, operation).get("requestBody", {}), service.document)
    return list(body.get("content", {})) or ["application/json"]


def body_schema(service: Service, operation: Operation) -> Mapping[str, Any]:
    """The schema of the body that the operation takes, in the first of its media types."""
    body = resolve(written(service, operation).get("requestBody", {}), service.document)
    described: Mapping[str, Any] = next(iter(body.get("content", {}).values()), {})
    schema: Mapping[str, Any] = described.get("schema", {})
    return schema


def answers_json(service: Service, operation: Operation) -> bool:
    return "application/json" in media_of(service, operation, "200")


def counts(service: Service, operation: Operation) -> bool:
    """Whether a list says how many there are in all."""
    content = resolve(operation.responses.get("200", {}), service.document).get("content", {})
    schema = resolve(content.get("application/json", {}).get("schema", {}), service.document)
    return "total" in schema.get("properties", {})


def plain_lists(service: Service) -> list[Operation]:
    """The reads in JSON that need nothing to be known: no name in the path, no required query."""
    return [
        one for one in reads(service) if not names_in(one) and not one.required and answers_json(service, one)
    ]


def records_in(body: Any) -> list[dict[str, Any]]:
    """The records of a list's answer, whether it is an array or holds one."""
    if isinstance(body, Mapping):
        arrays = [value for value in body.values() if isinstance(value, list)]
        body = body["items"] if isinstance(body.get("items"), list) else (arrays[0] if arrays else [])
    return [one for one in body if isinstance(one, dict)] if isinstance(body, list) else []


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Each plain value within, with the name of the member that it stands in."""
    if isinstance(value, Mapping):
        for inner, member in value.items():
            yield from leaves(member, inner)
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member, name)
    else:
        yield name, value


def page_size(operation: Operation) -> dict[str, str]:
    """The query that keeps a list's page small, where it knows one."""
    return next(({name: A_PAGE} for name in SIZES if ("query", name) in operation.parameters), {})


def listed(probe: Probe, operation: Operation, path: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The records on the first page of a list, asked for once in a lane; none where it is refused."""
    place = f"listed {operation.id} {sorted((path or {}).items())}"
    if place not in probe.place.memory:
        answer = probe.ask(operation.id, path=path, query=page_size(operation))
        found = records_in(answer.body) if answer.status == 200 else []
        if not found:
            return []
        probe.place.memory[place] = found
    records: list[dict[str, Any]] = probe.place.memory[place]
    return records


def ways_to(probe: Probe, operation_id: str, wanted: int = 1) -> list[dict[str, str]]:
    """Up to so many different fillings of an operation's path, of what the target shows.

    A path without names has one, which is empty. Raises Skipped where nothing that is shown leads there.
    """
    operation = probe.operation(operation_id)
    place = f"ways to {operation.path} {wanted}"
    if place in probe.place.memory:
        remembered: list[dict[str, str]] = probe.place.memory[place]
        return remembered
    fillings: list[dict[str, str]] = [{}]
    for index, name in enumerate(names_in(operation)):
        longer = []
        for filling in fillings:
            found = _values(probe, operation, name, filling)
            turned = [*found[probe.seed % len(found) :], *found[: probe.seed % len(found)]] if found else []
            longer += [{**filling, name: value} for value in turned[: 1 if index else wanted]]
        fillings = longer
    if not fillings:
        raise Skipped(f"nothing that the target lists leads to `{operation_id}` ({operation.path})")
    probe.place.memory[place] = fillings
    return fillings


def _values(probe: Probe, operation: Operation, name: str, filling: Mapping[str, str]) -> list[str]:
    """What a name in the path may be: of the list at the address before it, else of any list."""
    before, _, after = operation.path.partition(f"{{{name}}}")
    suffix = after.partition("/")[0]
    owner = next((one for one in reads(probe.service) if one.path == before.rstrip("/") + suffix), None)
    if owner is not None and answers_json(probe.service, owner):
        rows = listed(probe, owner, filling)
        for candidate in (name, name.rpartition("_")[2], "reference", "id"):
            found = [str(row[candidate]) for row in rows if row.get(candidate) not in (None, "")]
            if found:
                return list(dict.fromkeys(found))
    everywhere = [
        str(value)
        for one in plain_lists(probe.service)
        for row in listed(probe, one)
        for inner, value in leaves(row)
        if inner == name and value not in (None, "")
    ]
    return list(dict.fromkeys(everywhere))


def like_but_unknown(known: str) -> str:
    """A reference in the shape of one that there is, which there is not."""
    digits = [place for place, sign in enumerate(known) if sign.isdigit()]
    if len(digits) < 3:
        return f"{known}-not-there"
    changed = list(known)
    for place in digits[-8:]:
        changed[place] = "9" if known[place] != "9" else "8"
    return "".join(changed)


def distinctive(answer: Answer, besides: str) -> list[str]:
    """Values of an answer that would give it away in another: long enough, and not in the request."""
    if isinstance(answer.body, dict | list):
        told = [str(value) for _, value in leaves(answer.body) if isinstance(value, str | int)]
    else:
        told = re.findall(r"[^\s<>;:,]{8,}", answer.text)
    return list(dict.fromkeys(each for each in told if len(each) >= 6 and each not in besides))[:200]
