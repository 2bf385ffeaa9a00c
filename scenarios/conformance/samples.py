"""Samples: a value that a schema allows, the plainest there is."""

from __future__ import annotations

from typing import Any

from scenarios.conformance.nonsense import allows, plain_form
from scenarios.openapi import Service

DAY, MOMENT = "2026-06-01", "2026-06-01T10:00:00Z"


def sample(service: Service, schema: Any) -> Any:
    """A value of the schema: of an object with what it requires alone. Patterns are not heeded."""
    if allows(service, schema, None):
        return None
    plain = plain_form(service, schema)
    kind = plain.get("type")
    if plain.get("enum"):
        return plain["enum"][0]
    if kind == "object":
        required = plain.get("required", ())
        return {name: sample(service, plain.get("properties", {}).get(name, {})) for name in required}
    if kind == "array":
        return [sample(service, plain.get("items", {}))] * int(plain.get("minItems", 0))
    if kind in ("integer", "number"):
        return int(plain.get("minimum", 1))
    if kind == "boolean":
        return False
    formats = {"date": DAY, "date-time": MOMENT}
    return formats.get(str(plain.get("format")), "1" * max(1, int(plain.get("minLength", 1))))
