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
    """Values that the service's own lists show, by the name of the member that they stand in.

    ``reference`` and ``id`` are known by the name of their list as well, so that both
    ``/rounds/{reference}`` and ``/rounds/{round_reference}`` can be filled.
    """
    values: dict[str, list[str]] = {}
    for operation in plain_lists(document):
        answer = council.get(service, operation.path)
        if answer.status_code == 200 and "json" in answer.headers["content-type"]:
            body = answer.json()
            rows = body.get("items", []) if isinstance(body, dict) else body
            for row in rows:
                for name, value in _leaves(row):
                    values.setdefault(name, []).append(value)
                    values.setdefault(f"{operation.path}#{name}", []).append(value)
    return values


def _leaves(row: Any) -> Iterator[tuple[str, str]]:
    if isinstance(row, dict):
        for name, value in row.items():
            if isinstance(value, str | int) and not isinstance(value, bool):
                yield name, str(value)
            elif isinstance(value, list):
                for each in value:
                    yield from _leaves(each)


def filled(operation: Described, values: dict[str, list[str]], place: int = 0) -> str | None:
    """The operation's path with values that the service knows; None where it shows none.

    A path parameter is filled from the list that stands before it in the path, by its own name or
    by the last part of it, and else from any list that shows a member of its name.
    """
    path = operation.path
    for name in operation.names_in_path:
        collection = operation.path.split("{" + name)[0].rstrip("/")
        candidates = (f"{collection}#{name}", f"{collection}#{name.rpartition('_')[2]}", name)
        found = next((values[each] for each in candidates if values.get(each)), None)
        if found is None:
            return None
        path = path.replace("{" + name + "}", found[place % len(found)])
    return path
