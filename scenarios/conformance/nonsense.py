"""Nonsense: values that a schema does not allow, and that nobody could take for others.

What a lenient reader might put right (a number sent as text, `1` for true) is not among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator

from scenarios.openapi import Service, resolve

NO_CHOICE = "moon-dust"
IMPOSSIBLE_DAYS = ("2026-02-31", "2026-13-01", "31/02/2026", "tomorrow")
IMPOSSIBLE_MOMENTS = ("2026-02-31T10:00:00Z", "2026-06-01T25:00:00Z", "yesterday")
HUGE = 10**30


def not_allowed(service: Service, schema: Any) -> list[Any]:
    """Values that the schema of the service's contract refuses, a handful of different kinds."""
    plain = plain_form(service, schema)
    return [value for value in _candidates(plain) if not allows(service, schema, value)]


def not_allowed_as_text(service: Service, schema: Any) -> list[str]:
    """The same for a value that is sent as text: in an address or in a form."""
    plain = plain_form(service, schema)
    texts = [
        str(value) for value in _candidates(plain) if isinstance(value, str | int | float) and value != ""
    ]
    refused = [text for text in texts if not any(allows(service, schema, each) for each in _read_as(text))]
    return list(dict.fromkeys(refused))


def at_the_limits(service: Service, schema: Any) -> list[str]:
    """The least and the most that the schema states of a whole number, as text; none where it states none."""
    plain = plain_form(service, schema)
    if plain.get("type") != "integer":
        return []
    bounds = (plain.get("minimum"), plain.get("maximum"))
    return [str(int(bound)) for bound in bounds if isinstance(bound, int | float)]


def allows(service: Service, schema: Any, value: Any) -> bool:
    """Whether the schema allows the value, formats included."""
    whole = {"components": service.components, "allOf": [schema]}
    return bool(Draft202012Validator(whole, validate_formats=True).is_valid(value))


def plain_form(service: Service, schema: Any) -> Mapping[str, Any]:
    """The schema with its reference looked up, and of alternatives the first that is not null."""
    found = resolve(schema, service.document)
    for name in ("anyOf", "oneOf", "allOf"):
        for one in found.get(name, ()) if isinstance(found, Mapping) else ():
            inner = plain_form(service, one)
            if inner.get("type") != "null":
                return {**inner, **{key: value for key, value in found.items() if key != name}}
    return found if isinstance(found, Mapping) else {}


def _candidates(schema: Mapping[str, Any]) -> Iterator[Any]:
    kind = schema.get("type")
    yield {"nonsense": 1}
    if kind != "array":
        yield ["nonsense"]
    yield None
    if kind == "string" or "enum" in schema:
        yield from _texts(schema)
    elif kind in ("integer", "number"):
        yield from _numbers(schema)
    elif kind == "boolean":
        yield from ("perhaps", 7)
    elif kind == "array":
        yield from ("nonsense", [], [None], [NO_CHOICE])
        if isinstance(schema.get("maxItems"), int):
            yield [NO_CHOICE] * (schema["maxItems"] + 1)
    elif kind == "object":
        yield from ("nonsense", {})


def _texts(schema: Mapping[str, Any]) -> Iterator[str]:
    if schema.get("format") == "date":
        yield from IMPOSSIBLE_DAYS
    elif schema.get("format") == "date-time":
        yield from IMPOSSIBLE_MOMENTS
    elif "enum" in schema or "pattern" in schema:
        yield from (NO_CHOICE, "' OR '1'='1", "\N{DESERT}")
    longest = schema.get("maxLength")
    if isinstance(longest, int) and longest <= 10_000:
        yield "9" * (longest + 1)
    yield ""


def _numbers(schema: Mapping[str, Any]) -> Iterator[Any]:
    yield from ("many", HUGE, -HUGE)
    if schema.get("type") == "integer":
        yield 1.5
    for name, step in (("minimum", -1), ("maximum", 1), ("exclusiveMinimum", 0), ("exclusiveMaximum", 0)):
        bound = schema.get(name)
        if isinstance(bound, int | float):
            yield int(bound) + step


def _read_as(text: str) -> Iterator[Any]:
    """What a text in an address may be read as."""
    yield text
    for kind in (int, float):
        try:
            yield kind(text)
        except ValueError:
            continue
    if text.lower() in ("true", "false", "1", "0", "yes", "no", "on", "off"):
        yield True
