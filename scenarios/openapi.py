"""What a service says of itself in its OpenAPI document: which operation is which request and what answers.

Only what a journey needs is read: method, path, parameters, whether a body is taken, and the responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Operation:
    """One operation. `required` and `parameters` hold (place, name) pairs, header names in lower case.

    `path` begins with a slash and keeps its `{names}`; `responses` is the OpenAPI object with its references
    to components still in it.
    """

    id: str
    method: str
    path: str
    parameters: frozenset[tuple[str, str]]
    required: frozenset[tuple[str, str]]
    takes_body: bool
    responses: Mapping[str, Any]

    def names(self, place: str) -> set[str]:
        return {name for where, name in self.parameters if where == place}


@dataclass(frozen=True, eq=False)
class Service:
    """One service as it describes itself. `server` is the address that paths are added to, with no slash."""

    name: str
    server: str
    operations: Mapping[str, Operation]
    components: Mapping[str, Any]
    document: Mapping[str, Any]


def service(name: str, address: str, document: Mapping[str, Any]) -> Service:
    """Read an OpenAPI 3 document fetched from `address` (an absolute URL)."""
    operations = {}
    for path, item in document.get("paths", {}).items():
        shared = item.get("parameters", [])
        for method in METHODS:
            written = item.get(method)
            if isinstance(written, dict) and "operationId" in written:
                operation = _operation(method, path, written, shared, document)
                operations[operation.id] = operation
    return Service(name, _server(address, document), operations, document.get("components", {}), document)


def _operation(
    method: str, path: str, written: Mapping[str, Any], shared: list[Any], document: Mapping[str, Any]
) -> Operation:
    parameters = [resolve(one, document) for one in [*shared, *written.get("parameters", [])]]
    keyed = {(one["in"], _named(one)): bool(one.get("required")) for one in parameters}
    return Operation(
        id=written["operationId"],
        method=method.upper(),
        path=path,
        parameters=frozenset(keyed),
        required=frozenset(key for key, required in keyed.items() if required),
        takes_body="requestBody" in written,
        responses=written.get("responses", {}),
    )


def _named(parameter: Mapping[str, Any]) -> str:
    name = str(parameter["name"])
    return name.lower() if parameter["in"] == "header" else name


def resolve(written: Any, document: Mapping[str, Any]) -> Any:
    """An object of the document, looked up where it is a `$ref` within it."""
    seen = set()
    while isinstance(written, Mapping) and isinstance(written.get("$ref"), str):
        reference = written["$ref"]
        if reference in seen or not reference.startswith("#/"):
            return {}
        seen.add(reference)
        written = document
        for token in reference[2:].split("/"):
            name = token.replace("~1", "/").replace("~0", "~")
            written = written.get(name, {}) if isinstance(written, Mapping) else {}
    return written


def _server(address: str, document: Mapping[str, Any]) -> str:
    """The first server where it has the host that was asked (the key goes to no other), else the folder."""
    folder = address.rsplit("/", 1)[0]
    servers = document.get("servers") or [{}]
    named = urljoin(address, servers[0].get("url", ""))
    same_host = urlsplit(named)[:2] == urlsplit(address)[:2]
    return (named if servers[0].get("url") and same_host else folder).rstrip("/")


def shape_of(path: str) -> str:
    """The path with `{}` for each name in it, by which the same operation of two documents is known."""
    kept = []
    for part in path.rstrip("/").split("/"):
        before, _, rest = part.partition("{")
        kept.append(f"{before}{{}}{rest.partition('}')[2]}" if rest else part)
    return "/".join(kept)
