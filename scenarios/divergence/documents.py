"""Documents: a component's OpenAPI beside the slot's, operation by operation.

Operations are the same where method and path are, whatever the names in the path: suppliers call them as
they like, as they do operation ids and schemas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.divergence.shapes import Difference, Level, Side, excess, sendable
from scenarios.openapi import METHODS, resolve, shape_of

Found = Iterator[tuple[Level, str, str]]
"""Level, place within the operation, and message."""


@dataclass(frozen=True, slots=True)
class _Operation:
    name: str
    request_line: str
    written: Mapping[str, Any]
    shared: Sequence[Any]
    document: Mapping[str, Any]

    def parameters(self) -> dict[tuple[str, str], Mapping[str, Any]]:
        """(place, name) of each parameter that is not of the path; names of headers in lower case."""
        found = {}
        for one in (*self.shared, *_list(self.written.get("parameters"))):
            parameter = resolve(one, self.document)
            if not isinstance(parameter, Mapping) or parameter.get("in") == "path":
                continue
            name, place = str(parameter.get("name", "")), str(parameter.get("in", ""))
            found[place, name.lower() if place == "header" else name] = parameter
        return found

    def body(self) -> Mapping[str, Any]:
        return _mapping(resolve(self.written.get("requestBody", {}), self.document))

    def answers(self) -> Mapping[str, Mapping[str, Any]]:
        written = _mapping(self.written.get("responses", {}))
        return {str(status): _mapping(resolve(each, self.document)) for status, each in written.items()}

    def side(self, schema: Any) -> Side:
        return Side(schema, self.document)


def differences(slot: Mapping[str, Any], component: Mapping[str, Any]) -> list[Difference]:
    """Every difference between the slot's document and a component's, the breaking ones first.

    Both are OpenAPI 3 documents as parsed from JSON. The order within a level is that of the slot's
    operations.
    """
    wanted, offered = _operations(slot), _operations(component)
    found = []
    for key, operation in wanted.items():
        if key not in offered:
            message = f"there is no {operation.request_line}"
            found.append(Difference(Level.BREAKING, operation.name, "", message))
            continue
        for level, place, message in _between(operation, offered[key]):
            found.append(Difference(level, operation.name, place, message))
    for key, operation in offered.items():
        if key not in wanted:
            message = "an operation that the slot does not have"
            found.append(Difference(Level.EXTRA, operation.request_line, "", message))
    return sorted(dict.fromkeys(found), key=lambda one: list(Level).index(one.level))


def missing(slot: Mapping[str, Any], component: Mapping[str, Any]) -> list[str]:
    """What a component does not offer of the slot, one line an operation: its name, and how it is asked."""
    offered = _operations(component)
    wanted = _operations(slot).items()
    return [f"{each.name}: {each.request_line}" for key, each in wanted if key not in offered]


def _operations(document: Mapping[str, Any]) -> dict[tuple[str, str], _Operation]:
    found = {}
    for path, item in _mapping(document.get("paths", {})).items():
        shared = _list(_mapping(item).get("parameters"))
        for method, written in _mapping(item).items():
            if method in METHODS and isinstance(written, Mapping):
                name = str(written.get("operationId") or f"{method.upper()} {path}")
                line = f"{method.upper()} {path}"
                found[method.upper(), shape_of(path)] = _Operation(name, line, written, shared, document)
    return found


def _between(slot: _Operation, component: _Operation) -> Found:
    yield from _parameters(slot, component)
    yield from _bodies(slot, component)
    yield from _answers(slot, component)


def _parameters(slot: _Operation, component: _Operation) -> Found:
    wanted, taken = slot.parameters(), component.parameters()
    for (place, name), parameter in wanted.items():
        where = f"{place} parameter `{name}`"
        if (place, name) not in taken:
            yield Level.BREAKING, where, "not taken"
            continue
        own = taken[place, name]
        if own.get("required") and not parameter.get("required"):
            yield Level.BREAKING, where, "has to be sent, and in the slot's contract need not be"
        # What a caller may send has to be taken.
        sent, accepted = _schema(slot, parameter), _schema(component, own)
        for inner, what in excess(sent, accepted):
            yield Level.BREAKING, _place(where, inner), f"callers may send {what}"
        for inner, what in excess(accepted, sent):
            yield Level.EXTRA, _place(where, inner), f"takes {what}"
    for (place, name), parameter in taken.items():
        if (place, name) not in wanted:
            where = f"{place} parameter `{name}`"
            if parameter.get("required"):
                yield Level.BREAKING, where, "has to be sent, and no caller knows of it"
            else:
                yield Level.EXTRA, where, "taken as well"


def _bodies(slot: _Operation, component: _Operation) -> Found:
    wanted, taken = slot.body(), component.body()
    if not taken:
        if wanted:
            yield Level.BREAKING, "request body", "none is taken"
        return
    if taken.get("required") and not wanted.get("required"):
        yield Level.BREAKING, "request body", "has to be sent, and in the slot's contract need not be"
    kinds, own = _mapping(wanted.get("content", {})), _mapping(taken.get("content", {}))
    for kind, media in kinds.items():
        where = f"request body as {kind}"
        if kind not in own:
            yield Level.BREAKING, where, "not taken"
            continue
        sent, accepted = (
            slot.side(_mapping(media).get("schema", {})),
            component.side(_mapping(own[kind]).get("schema", {})),
        )
        for inner, what in excess(sent, accepted):
            yield Level.BREAKING, _place(where, inner), f"callers may send {what}"
        for inner, what in excess(accepted, sent):
            yield Level.EXTRA, _place(where, inner), f"takes {what}"
    for kind in own:
        if kind not in kinds:
            yield Level.EXTRA, f"request body as {kind}", "taken as well"


def _answers(slot: _Operation, component: _Operation) -> Found:
    wanted, given = slot.answers(), component.answers()
    for status, answer in given.items():
        if status not in wanted:
            good = status.startswith(("2", "3"))
            level = Level.BREAKING if good else Level.TOLERABLE
            yield level, f"answer {status}", "one that callers do not expect"
            continue
        yield from _contents(slot, component, status, wanted[status], answer)
    for status in wanted:
        if status not in given:
            only = status.startswith("2") and not any(each in wanted for each in given if each[0] == "2")
            yield (
                Level.BREAKING if only else Level.TOLERABLE,
                f"answer {status}",
                "never given, or not documented",
            )


def _contents(
    slot: _Operation,
    component: _Operation,
    status: str,
    wanted: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Found:
    kinds, own = _mapping(wanted.get("content", {})), _mapping(given.get("content", {}))
    for kind, media in own.items():
        where = f"answer {status} as {kind}"
        if kind not in kinds:
            level = Level.BREAKING if kinds and not set(kinds) & set(own) else Level.EXTRA
            yield level, where, f"callers expect {' or '.join(kinds) or 'no body'}"
            continue
        told, expected = (
            component.side(_mapping(media).get("schema", {})),
            slot.side(_mapping(kinds[kind]).get("schema", {})),
        )
        for inner, what in excess(told, expected):
            yield Level.BREAKING, _place(where, inner), f"callers are told {what}"
    for kind in kinds:
        if kind not in own:
            good = status.startswith("2")
            yield (
                Level.BREAKING if good else Level.TOLERABLE,
                f"answer {status} as {kind}",
                "never given, or not documented",
            )
    has = {name.lower() for name in _mapping(given.get("headers", {}))}
    for name in _mapping(wanted.get("headers", {})):
        if name.lower() not in has:
            yield Level.TOLERABLE, f"answer {status}, header `{name}`", "never given, or not documented"


def _schema(operation: _Operation, parameter: Mapping[str, Any]) -> Side:
    if "schema" in parameter:
        return sendable(operation.side(parameter["schema"]))
    content = _mapping(parameter.get("content", {}))
    return operation.side(next((_mapping(media).get("schema", {}) for media in content.values()), {}))


def _place(where: str, inner: str) -> str:
    return f"{where}, {inner}" if inner else where


def _mapping(written: Any) -> Mapping[str, Any]:
    """An object of a document that may be anything: it was written by others."""
    return written if isinstance(written, Mapping) else {}


def _list(written: Any) -> Sequence[Any]:
    return written if isinstance(written, list) else ()
