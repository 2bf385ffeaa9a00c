"""Links: the OpenAPI says which operations take what an answer names, so that a program can go on from it.

An operation is linked from an answer whose record, or whose first record of a list, has each name in its
path. `reference` and `id` mean another thing in each list, so they lead only to the addresses that go on
from the list's own; a name such as `uprn` means the same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
AMBIGUOUS = ("reference", "id", "number", "code")
"""Names that mean something only within their list."""

_NAMES = re.compile(r"{(\w+)}")


def with_links(schema: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with the links that its paths and answers imply."""
    operations = list(_operations(schema))
    for path, method, source in operations:
        for answer in _answers(schema, source):
            links = {}
            for below, _, target in operations:
                parameters = _parameters(path, below, answer)
                if target is not source and parameters:
                    links[target["operationId"]] = {
                        "operationId": target["operationId"],
                        "parameters": parameters,
                    }
            if links and method in ("get", "post"):
                answer.response["links"] = links
    return schema


class _Answer:
    """A good answer: where its record's members stand, by name."""

    def __init__(self, response: dict[str, Any], members: Mapping[str, str]) -> None:
        self.response = response
        self.members = members


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in schema.get("paths", {}).items():
        for method in METHODS:
            if "operationId" in item.get(method, {}):
                yield path, method, item[method]


def _answers(schema: dict[str, Any], operation: dict[str, Any]) -> Iterator[_Answer]:
    for status, response in operation.get("responses", {}).items():
        media = response.get("content", {}).get("application/json")
        if str(status).startswith("2") and media is not None:
            yield _Answer(response, dict(_members(schema, media.get("schema", {}), "$response.body#")))


def _members(schema: dict[str, Any], shape: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """Name and runtime expression of each plain member of a record, or of the first record of a list."""
    shape = _looked_up(schema, shape)
    if shape.get("type") == "array":
        yield from _members(schema, shape.get("items", {}), f"{place}/0")
        return
    properties = shape.get("properties", {})
    rows = _looked_up(schema, properties.get("items", {}))
    if rows.get("type") == "array":
        yield from _members(schema, rows.get("items", {}), f"{place}/items/0")
        return
    for name, member in properties.items():
        if _looked_up(schema, member).get("type") in ("string", "integer"):
            yield name, f"{place}/{name}"


def _looked_up(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in shape:
        return shape
    found: dict[str, Any] = schema["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return found


def _parameters(path: str, below: str, answer: _Answer) -> dict[str, str]:
    """What the operation at `below` is given of an answer at `path`; nothing where something is wanting."""
    parameters = {}
    inside = below.startswith(f"{_stem(path)}/")
    for name in _NAMES.findall(below):
        if name in _NAMES.findall(path):
            parameters[name] = f"$request.path.{name}"
            continue
        held = next((each for each in _names_for(name) if each in answer.members), None)
        if held is None or (held in AMBIGUOUS and not below.startswith(f"{_stem(path)}/{{{name}}}")):
            return {}
        parameters[name] = answer.members[held]
    taken = any(value.startswith("$response") for value in parameters.values())
    return parameters if taken or (parameters and inside) else {}


def _names_for(name: str) -> tuple[str, ...]:
    """What a record may call what an address calls by this name: `resident_id` is its own `id`."""
    return (name, name.rpartition("_")[2], "reference")


def _stem(path: str) -> str:
    return re.sub(r"\.(json|xml)$", "", path)
