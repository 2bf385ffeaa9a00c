"""The service's own contract: an answer's status, content type and shape are as its OpenAPI documents them.

`redocly respect` makes the same three checks of every answer, and takes a field that no schema names as a
breach; so does this.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from scenarios.criteria import excerpt
from scenarios.openapi import Operation, Service, resolve
from scenarios.results import Check

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def breaches(
    service: Service, operation: Operation, status: int, content_type: str, body: Any
) -> list[Check]:
    """The checks that an answer does not meet; `content_type` is without its parameters, '' for none."""
    documented = operation.responses.get(str(status)) or operation.responses.get("default")
    if documented is None:
        known = ", ".join(sorted(operation.responses)) or "none"
        return [Check("contract: status", False, f"one of the documented: {known}", str(status))]
    content = resolve(documented, service.document).get("content", {})
    if not content:
        return []
    media = next((kind for kind in content if _matches(content_type, kind)), None)
    if media is None:
        if not content_type:
            return []
        return [Check("contract: content type", False, " or ".join(content), content_type)]
    schema = content[media].get("schema")
    return [] if schema is None else list(_shape(_validator(service, json.dumps(schema)), body))


def is_json(content_type: str) -> bool:
    """True for application/json and for the kinds built on it, such as application/problem+json."""
    return content_type == "application/json" or (
        content_type.startswith("application/") and content_type.endswith("+json")
    )


@lru_cache(maxsize=512)
def _validator(service: Service, schema: str) -> Draft202012Validator:
    components = {"schemas": _closed_schemas(service)}
    return Draft202012Validator(
        {"$schema": DIALECT, "components": components, "allOf": [_closed(json.loads(schema))]}
    )


def _shape(validator: Draft202012Validator, body: Any) -> Iterator[Check]:
    for error in validator.iter_errors(body):
        yield _check(error)
        return


@lru_cache(maxsize=64)
def _closed_schemas(service: Service) -> dict[str, Any]:
    open_names = _parts_of_a_whole(service.components)
    return {
        name: described if name in open_names else _closed(described)
        for name, described in service.components.get("schemas", {}).items()
    }


def _check(error: ValidationError) -> Check:
    place = "".join(f"/{part}" for part in error.instance_path) or "the answer"
    return Check("contract: shape", False, f"{place}: {error.message[:300]}", excerpt(error.instance))


def _matches(content_type: str, kind: str) -> bool:
    kind = kind.lower().split(";")[0].strip()
    return kind in ("*/*", content_type) or (
        kind.endswith("/*") and content_type.split("/")[0] == kind.split("/")[0]
    )


def _closed(schema: Any) -> Any:
    """The schema with every object's unnamed fields refused, unless it says what they may be."""
    if isinstance(schema, list):
        return [_closed(inner) for inner in schema]
    if not isinstance(schema, Mapping):
        return schema
    closed = {
        name: inner
        if name in ("allOf", "enum", "const", "default", "example", "examples")
        else _closed(inner)
        for name, inner in schema.items()
    }
    if isinstance(schema.get("properties"), Mapping):
        closed.setdefault("unevaluatedProperties", False)
    return closed


def _parts_of_a_whole(components: Mapping[str, Any]) -> set[str]:
    """Names of the schemas that some `allOf` builds on; closed, they would refuse the rest of the whole."""
    found: set[str] = set()
    waiting: list[Any] = [components.get("schemas", {})]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Mapping):
            for part in current.get("allOf", []) if isinstance(current.get("allOf"), list) else []:
                if isinstance(part, Mapping) and "$ref" in part:
                    found.add(str(part["$ref"]).rsplit("/", 1)[-1])
            waiting += current.values()
        elif isinstance(current, list):
            waiting += current
    return found
