"""What a contract says of its operations beyond method and path: examples, links and places for a key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scenarios.openapi import METHODS, Operation, resolve

KEY_FIELD = "api_key"
"""The name of a parameter or form field for the key, where a contract has no security scheme for it."""
DEEPEST = 12


@dataclass(frozen=True)
class Link:
    """A link from one operation's answer to another operation: `parameters` are runtime expressions."""

    source: str
    target: str
    parameters: Mapping[str, str]


def written(document: Mapping[str, Any], operation: Operation) -> Mapping[str, Any]:
    """The operation object, as the document has it."""
    found: Mapping[str, Any] = document["paths"][operation.path][operation.method.lower()]
    return found


def has_examples(document: Mapping[str, Any], operation: Operation) -> bool:
    """True where the document gives an example of something that the operation is sent."""
    spoken = written(document, operation)
    shared = document["paths"][operation.path].get("parameters", [])
    parameters = [resolve(each, document) for each in [*shared, *spoken.get("parameters", [])]]
    body = resolve(spoken.get("requestBody", {}), document)
    places = [*parameters, *body.get("content", {}).values()]
    return any(_exemplified(place, document) for place in places)


def _exemplified(place: Any, document: Mapping[str, Any], depth: int = 0) -> bool:
    place = resolve(place, document)
    if not isinstance(place, Mapping) or depth > DEEPEST:
        return False
    if "example" in place or "examples" in place:
        return True
    inner = [place.get("schema"), place.get("items"), *place.get("properties", {}).values()]
    for combined in ("allOf", "anyOf", "oneOf"):
        inner += place.get(combined, [])
    return any(_exemplified(each, document, depth + 1) for each in inner if each is not None)


def links(document: Mapping[str, Any]) -> Iterator[Link]:
    """The links of a document that name their target by its operationId."""
    for item in document["paths"].values():
        for method in METHODS:
            spoken = item.get(method)
            if not isinstance(spoken, Mapping):
                continue
            for answer in spoken.get("responses", {}).values():
                for link in resolve(answer, document).get("links", {}).values():
                    link = resolve(link, document)
                    if "operationId" in link and "operationId" in spoken:
                        parameters = link.get("parameters", {})
                        yield Link(spoken["operationId"], link["operationId"], parameters)


def linked(document: Mapping[str, Any]) -> bool:
    return next(links(document), None) is not None


def key_places(document: Mapping[str, Any], operation: Operation) -> frozenset[tuple[str, str]]:
    """(place, name) of each parameter and field of the operation that holds a key; place is query, header or
    body.
    """
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    names = {KEY_FIELD, *(one["name"] for one in schemes if one.get("type") == "apiKey")}
    found = {(where, name) for where, name in operation.parameters if name in names}
    body = resolve(written(document, operation).get("requestBody", {}), document)
    for media in body.get("content", {}).values():
        fields = resolve(media.get("schema", {}), document).get("properties", {})
        found |= {("body", name) for name in fields if name in names}
    return frozenset(found)
