"""What a slot declares: its operations, and with which statuses and media types each may be answered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from service_apis.kit.service import Service

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_NAME = re.compile(r"\{([^{}/]+)\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: ``answers`` holds the media types of each status that it declares."""

    name: str
    method: str
    template: str
    answers: Mapping[str, frozenset[str]]

    def media_types(self, status: int) -> frozenset[str] | None:
        """The media types that are declared for a status; None where the status is not declared."""
        for declared in (str(status), f"{status // 100}XX", "default"):
            if declared in self.answers:
                return self.answers[declared]
        return None


class Contract:
    """The contract of a slot, as its service publishes it; ``document`` is its OpenAPI document."""

    def __init__(self, slot: str, document: Mapping[str, Any]) -> None:
        self.slot = slot
        self.document = document
        self.operations = {each.name: each for each in _operations(document)}
        # What is written out goes before what stands for anything, as in the services themselves.
        ordered = sorted(self.operations.values(), key=lambda each: each.template.count("{"))
        self._shapes = [(each, shape_of(each.template)) for each in ordered]

    def operation_at(self, method: str, path: str) -> Operation | None:
        """The operation of a call to a path, percent-encoded, below the service's address."""
        path = unquote(path)
        found = (each for each, shape in self._shapes if each.method == method and shape.fullmatch(path))
        return next(found, None)

    def has_path(self, path: str) -> bool:
        """Whether any operation is at a path, percent-encoded, below the service's address."""
        path = unquote(path)
        return any(shape.fullmatch(path) for _, shape in self._shapes)

    @classmethod
    def of(cls, service: Service) -> Contract:
        """The contract of a service's slot. It takes a tenth of a second."""
        from service_apis.kit.application import application, truthful
        from service_apis.kit.links import with_links

        return cls(service.slug, with_links(truthful(application(service).openapi())))


class Contracts:
    """The contracts of a sandbox's slots, each read when it is first asked for, aside."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = services
        self._known: dict[str, Contract] = {}

    async def of(self, slot: str) -> Contract:
        """The contract of a slot, by its slug."""
        known = self._known.get(slot)
        if known is None:
            known = self._known[slot] = await asyncio.to_thread(Contract.of, self._services[slot])
        return known


def shape_of(template: str) -> re.Pattern[str]:
    """The paths that a path with ``{names}`` stands for; each name stands for one step, or part of one."""
    pieces = re.split(r"(\{[^{}/]+\})", template)
    return re.compile(
        "".join(
            f"(?P<{name[1]}>[^/]+)" if (name := _NAME.fullmatch(each)) else re.escape(each) for each in pieces
        )
    )


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for template, at in document.get("paths", {}).items():
        for method in _METHODS:
            written = at.get(method)
            if written is not None:
                yield Operation(written["operationId"], method.upper(), template, _answers(written, document))


def _answers(written: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    return {
        status: frozenset(
            each.partition(";")[0].strip().lower() for each in resolved(answer, document).get("content", {})
        )
        for status, answer in written.get("responses", {}).items()
    }


def resolved(written: Any, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a part of an OpenAPI document says, where it is there or where it refers to."""
    for _ in range(20):
        reference = written.get("$ref") if isinstance(written, Mapping) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        written = document
        for step in reference[2:].split("/"):
            written = written.get(step.replace("~1", "/").replace("~0", "~"), {})
    return written if isinstance(written, Mapping) else {}
