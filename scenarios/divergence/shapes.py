"""Shapes: is every value that one JSON schema describes also one of another's?

What is compared is what service contracts are made of: types, null, enumerations, properties and which of
them are required, items, bounds, patterns and formats, `anyOf`, `oneOf` and `allOf` of objects. Of two
patterns only equal ones are known to describe the same; so a difference that is found may be smaller than
it looks, and is told with both sides of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scenarios.openapi import resolve

DEEPEST = 12
"""Levels into a schema that are compared; one that refers to itself goes on for ever."""

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
BOUNDS = (
    # The keyword, and whether the greater value is the narrower one.
    ("minimum", True),
    ("exclusiveMinimum", True),
    ("minLength", True),
    ("minItems", True),
    ("maximum", False),
    ("exclusiveMaximum", False),
    ("maxLength", False),
    ("maxItems", False),
)


class Level(StrEnum):
    """How much a difference matters to a caller that was written against the slot's contract."""

    BREAKING = "breaking"
    TOLERABLE = "tolerable"
    EXTRA = "extra"


MEANINGS: Mapping[Level, str] = {
    Level.BREAKING: "a caller that was written for the slot would be refused, or told something unexpected",
    Level.TOLERABLE: "a caller would not notice, or gets less than it might have had",
    Level.EXTRA: "it offers more than the slot asks for",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: the operation's id in the slot (or the request line, where the slot has none), where
    in it, and what to know, with both sides.
    """

    level: Level
    operation: str
    place: str
    message: str

    def __str__(self) -> str:
        where = f"{self.operation}, {self.place}" if self.place else self.operation
        return f"{where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Side:
    """A schema with the document that its references are looked up in."""

    schema: Any
    document: Mapping[str, Any]

    def at(self, schema: Any) -> Side:
        return Side(resolve(schema, self.document), self.document)


Excess = tuple[str, str]
"""Where in the narrower schema, and in what it goes beyond the wider one."""


def excess(narrower: Side, wider: Side, place: str = "", depth: int = 0) -> Iterator[Excess]:
    """In what the first schema describes values that the second does not; nothing where it does not."""
    if depth > DEEPEST:
        return
    ones, others = list(_alternatives(narrower)), list(_alternatives(wider))
    for one in ones:
        found: list[Excess] | None = None
        for other in others:
            beyond = list(_beyond(one, other, place, depth))
            if found is None or len(beyond) < len(found):
                found = beyond
            if not beyond:
                break
        yield from found or ()


def sendable(side: Side) -> Side:
    """The schema of a parameter without null, which no address and no header can hold."""
    kept = [each.schema for each in _alternatives(side) if _type(each.schema) != "null"]
    return Side({"anyOf": kept}, side.document) if kept else side


def _alternatives(side: Side) -> Iterator[Side]:
    """The schemas of which one holds: those of anyOf and oneOf, and one for each of several types."""
    schema = _whole(side)
    for keyword in ("anyOf", "oneOf"):
        parts = schema.get(keyword)
        if isinstance(parts, list) and parts:
            rest = {name: value for name, value in schema.items() if name != keyword}
            for part in parts:
                inner = side.at(part)
                if isinstance(inner.schema, Mapping):
                    yield from _alternatives(Side({**rest, **inner.schema}, side.document))
            return
    kinds = schema.get("type")
    if isinstance(kinds, list):
        for kind in kinds:
            yield Side({**schema, "type": kind}, side.document)
        return
    yield Side(schema, side.document)


def _whole(side: Side) -> Mapping[str, Any]:
    """The schema with its reference followed and its `allOf` put together."""
    found = resolve(side.schema, side.document)
    if not isinstance(found, Mapping):
        return {}
    parts = found.get("allOf")
    if not isinstance(parts, list):
        return found
    whole: dict[str, Any] = {name: value for name, value in found.items() if name != "allOf"}
    for part in parts:
        inner = _whole(side.at(part))
        properties = {**_properties_of(whole), **_properties_of(inner)}
        required = [*_required_of(whole), *_required_of(inner)]
        whole = {**inner, **whole}
        if properties:
            whole["properties"] = properties
        if required:
            whole["required"] = required
    return whole


def _beyond(one: Side, other: Side, place: str, depth: int) -> Iterator[Excess]:
    """In what one plain schema goes beyond another."""
    schema, wider = one.schema, other.schema
    kind, wide = _type(schema), _type(wider)
    if wide and kind != wide and not (kind == "integer" and wide == "number"):
        yield place, f"{_named(kind)} and not {_named(wide)}"
        return
    yield from _values(schema, wider, place)
    yield from _bounds(schema, wider, place)
    if kind == "object":
        yield from _properties(one, other, place, depth)
    if kind == "array" and "items" in wider:
        items = one.at(schema.get("items", {}))
        yield from excess(items, other.at(wider["items"]), f"{place}[]", depth + 1)


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, str) and kind in TYPES:
        return kind
    if "properties" in schema:
        return "object"
    if "items" in schema:
        return "array"
    values = _listed(schema)
    if values and all(isinstance(value, str) for value in values):
        return "string"
    if values and all(value is None for value in values):
        return "null"
    return ""


def _named(kind: str) -> str:
    return {"": "anything", "integer": "a whole number", "null": "null", "object": "an object"}.get(
        kind, f"an {kind}" if kind == "array" else f"a {kind}"
    )


def _listed(schema: Mapping[str, Any]) -> Sequence[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    listed = schema.get("enum")
    return listed if isinstance(listed, list) else None


def _values(schema: Mapping[str, Any], wider: Mapping[str, Any], place: str) -> Iterator[Excess]:
    known, mine = _listed(wider), _listed(schema)
    if known is None:
        return
    if mine is None:
        yield place, f"any value, not only {_shown(known)}"
        return
    new = [value for value in mine if value not in known]
    if new:
        yield place, f"{_shown(new)}, which {'is' if len(new) == 1 else 'are'} not among {_shown(known)}"


def _bounds(schema: Mapping[str, Any], wider: Mapping[str, Any], place: str) -> Iterator[Excess]:
    if _listed(schema) is not None:
        # Each of its values was looked at by itself.
        return
    for keyword, greater in BOUNDS:
        limit, own = wider.get(keyword), schema.get(keyword)
        if not isinstance(limit, int | float) or (keyword == "maxLength" and _short(schema)):
            continue
        if not isinstance(own, int | float):
            yield place, f"values without a {keyword}, where the other has {limit}"
        elif (own < limit) if greater else (own > limit):
            yield place, f"values with {keyword} {own}, where the other has {limit}"
    for keyword in ("pattern", "format"):
        if keyword in wider and schema.get(keyword) != wider[keyword]:
            own = schema.get(keyword)
            has = f"with {keyword} `{own}`" if own else f"without a {keyword}"
            yield place, f"values {has}, where the other has `{wider[keyword]}`"


def _short(schema: Mapping[str, Any]) -> bool:
    """True where the format bounds the length by itself."""
    return schema.get("format") in ("date", "date-time", "time", "uuid")


def _properties(one: Side, other: Side, place: str, depth: int) -> Iterator[Excess]:
    mine, known = _properties_of(one.schema), _properties_of(other.schema)
    required = _required_of(one.schema)
    for name in _required_of(other.schema):
        if name not in mine:
            yield f"{place}/{name}", "something without it"
        elif name not in required:
            yield f"{place}/{name}", "something that may be without it"
    rest = other.schema.get("additionalProperties", True)
    for name, schema in mine.items():
        if name in known:
            yield from excess(one.at(schema), other.at(known[name]), f"{place}/{name}", depth + 1)
        elif isinstance(rest, Mapping):
            yield from excess(one.at(schema), other.at(rest), f"{place}/{name}", depth + 1)
        elif known or rest is False:
            yield f"{place}/{name}", "it, which the other does not name"


def _properties_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}


def _required_of(schema: Mapping[str, Any]) -> Sequence[str]:
    found = schema.get("required")
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def _shown(values: Sequence[Any]) -> str:
    named = ", ".join(f"`{value}`" for value in values[:8])
    return named + (", ..." if len(values) > 8 else "")
