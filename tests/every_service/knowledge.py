"""What a test can learn of a service from its OpenAPI and its answers alone.

A new folder gets its tests free: nothing here names a service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.conftest import CouncilUnderTest

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Described:
    """One operation as the OpenAPI document describes it."""

    method: str
    path: str
    spec: dict[str, Any] = field(repr=False)

    @property
    def id(self) -> str:
        return str(self.spec["operationId"])

    @property
    def names_in_path(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    def parameters(self, place: str) -> list[dict[str, Any]]:
        return [each for each in self.spec.get("parameters", []) if each["in"] == place]


def openapi(council: CouncilUnderTest, service: str) -> dict[str, Any]:
    """The service's OpenAPI document as it is served."""
    answer = council.get(service, "/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def operations(document: dict[str, Any]) -> Iterator[Described]:
    """Every operation of a document."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield Described(method, path, item[method])


def plain_lists(document: dict[str, Any]) -> list[Described]:
    """The reads that need nothing to be known before: no path parameter, no required query."""
    return [
        each
        for each in operations(document)
        if each.method == "get"
        and not each.names_in_path
        and not any(parameter.get("required") for parameter in each.parameters("query"))
    ]


def known_values(council: CouncilUnderTest, service: str, document: dict[str, Any]) -> dict[str, list[str]]:
    """Values that the service's own lists show, by the name of the member that they stand in."""
    values: dict[str, list[str]] = {}
    for operation in plain_lists(document):
        for row in _rows(council, service, document, operation.path):
            for name, value in _leaves(row):
                values.setdefault(name, []).append(value)
    return values


def _leaves(row: Any) -> Iterator[tuple[str, str]]:
    if isinstance(row, dict):
        for name, value in row.items():
            if isinstance(value, str | int) and not isinstance(value, bool):
                yield name, str(value)
            elif isinstance(value, list):
                for each in value:
                    yield from _leaves(each)


def filled(
    council: CouncilUnderTest, service: str, document: dict[str, Any], operation: Described, place: int = 0
) -> str | None:
    """The operation's path with values that the service shows; None where it shows none.

    A path parameter is filled from the list at the address before it, whose records carry it by its
    own name, by the last part of that, or as their reference or id; else from any list that has it.
    """
    path = ""
    for part in re.split(r"({\w+})", operation.path):
        if not part.startswith("{"):
            path += part
            continue
        name = part.strip("{}")
        rows = _rows(council, service, document, path.rstrip("/"))
        for candidate in (name, name.rpartition("_")[2], "reference", "id"):
            found = [value for row in rows for key, value in _leaves(row) if key == candidate]
            if found:
                break
        else:
            found = known_values(council, service, document).get(name, [])
        if not found:
            return None
        path += found[place % len(found)]
    return path


def _rows(council: CouncilUnderTest, service: str, document: dict[str, Any], path: str) -> list[Any]:
    """The records of the list at a path, if there is one."""
    templates = (re.sub(r"{\w+}", "[^/]+", each) for each in document["paths"])
    if not any(re.fullmatch(template, path) for template in templates):
        return []
    answer = council.get(service, path)
    if answer.status_code != 200 or "json" not in answer.headers["content-type"]:
        return []
    body = answer.json()
    rows = body.get("items", []) if isinstance(body, dict) else body
    return list(rows)
