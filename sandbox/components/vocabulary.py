"""The vocabulary of a slot: the fields, codes, query parameters and headers that its contract names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.components.contract import Contract, resolved

DEEPEST = 12


class Vocabulary:
    """What a contract names; ``codes`` are the values of each field or parameter that lists its own."""

    def __init__(self, contract: Contract) -> None:
        document = contract.document
        self.fields: set[str] = set()
        self.codes: dict[str, list[Any]] = {}
        self.parameters: dict[str, set[str]] = {"query": set(), "header": set(), "path": set()}
        for part in _parts(document):
            for name, schema in _named(part, "properties"):
                self.fields.add(name)
                self._learn(name, schema, document)
            if isinstance(part.get("in"), str) and isinstance(part.get("name"), str):
                self.parameters.setdefault(part["in"], set()).add(part["name"])
                self._learn(part["name"], part.get("schema", {}), document)

    @property
    def coded(self) -> set[str]:
        """What may have codes: fields, and parameters of the query and the path."""
        return self.fields | self.parameters["query"] | self.parameters["path"]

    def code(self, field: str, written: str) -> Any:
        """A code of a field by how it is written, with the type that the contract gives it."""
        return next((each for each in self.codes.get(field, ()) if text_of(each) == written), written)

    def _learn(self, name: str, schema: Any, document: Mapping[str, Any]) -> None:
        known = self.codes.setdefault(name, [])
        known += [each for each in _values(schema, document, 0) if each not in known and each is not None]
        if not known:
            del self.codes[name]


def text_of(code: Any) -> str:
    """A code as it stands in an address or a form, where every value is text."""
    return code if isinstance(code, str) else json.dumps(code)


def _parts(part: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, Mapping):
        yield part
        for each in part.values():
            yield from _parts(each)
    elif isinstance(part, list):
        for each in part:
            yield from _parts(each)


def _named(part: Mapping[str, Any], what: str) -> Iterator[tuple[str, Any]]:
    named = part.get(what)
    if isinstance(named, Mapping):
        yield from named.items()


def _values(schema: Any, document: Mapping[str, Any], depth: int) -> Iterator[Any]:
    schema = resolved(schema, document)
    if depth > DEEPEST:
        return
    yield from schema.get("enum", ())
    if "const" in schema:
        yield schema["const"]
    for each in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(each, ()):
            yield from _values(part, document, depth + 1)
    if "items" in schema:
        yield from _values(schema["items"], document, depth + 1)
