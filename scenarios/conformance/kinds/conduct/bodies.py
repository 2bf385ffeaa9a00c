"""Bodies that cannot be taken: refused in a documented way, by name of what is wrong, and nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from scenarios.conformance import calls, nonsense
from scenarios.conformance.checks import Check, Kind, Skipped
from scenarios.conformance.keys import FORM_KEY
from scenarios.conformance.kinds.access import doors
from scenarios.conformance.known import body_schema, taken
from scenarios.conformance.probe import Probe
from scenarios.conformance.refusals import documented, refused
from scenarios.conformance.standing import standing, unchanged
from scenarios.exchange import Request
from scenarios.openapi import Operation, Service
from scenarios.packs import Packs

JSON = "application/json"
TOO_LARGE = 3_000_000
"""Bytes: several times what any form of a council has reason to take."""
DEEP = 20_000
MOST_A_FIELD = 6
MOST_WITHIN = 3


@dataclass(frozen=True)
class Bad:
    """One body that cannot be taken. `statuses` are the refusals that fit, which say `naming`."""

    body: Any
    because: str
    statuses: tuple[int, ...] = (400, 422)
    content_type: str = ""
    naming: str = ""


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """Five checks of each operation that takes a body."""
    for operation in service.operations.values():
        if not operation.takes_body or operation.method == "GET":
            continue
        is_json = JSON in taken(service, operation)
        for name, title, bad in _TOLD if is_json else [one for one in _TOLD if one[2] is not _other_shapes]:
            yield Check(
                name=f"{operation.id}.{name}",
                service=service.name,
                kind=Kind.CONDUCT,
                title=f"`{operation.id}` refuses {title}, and keeps nothing of it",
                verifies=packs.held_to(service.name, "COUNCIL-009"),
                run=partial(_refuses, operation=operation, bad=bad),
                operations=(operation.id,),
            )


def _refuses(probe: Probe, *, operation: Operation, bad: Callable[[Probe, Operation, Request], Any]) -> None:
    call = calls.not_to_be_done(probe, operation)
    good = doors.with_key(probe, operation, call.request, probe.key("everything"))
    before = standing(probe, operation, good.path)
    tried = list(bad(probe, operation, good))
    if not tried:
        raise Skipped(f"`{operation.id}` takes whatever there is of this kind")
    for one in tried:
        kind = one.content_type or good.content_type
        headers = {**good.headers, "Content-Type": kind}
        answer = probe.send(replace(good, body=one.body, content_type=kind, headers=headers))
        fitting = documented(probe, operation.id, *one.statuses)
        if not any(str(status) in operation.responses for status in fitting):
            fitting = documented(probe, operation.id, 400, 422)
        refused(probe, operation.id, answer, fitting, one.because, naming=one.naming)
    unchanged(probe, operation, good.path, before, tried[0].because)


def _unreadable(probe: Probe, operation: Operation, good: Request) -> Iterator[Bad]:
    if JSON not in taken(probe.service, operation):
        yield Bad(b"", "an empty form", (400, 403, 422))
        return
    text = json.dumps(good.body)
    yield Bad(b"", "no body at all")
    yield Bad(b"nonsense", "a body that is not JSON")
    yield Bad(text[:-1].encode(), "JSON that breaks off")
    yield Bad(f"{text}{{}}".encode(), "JSON with more after its end")
    yield Bad(text.replace('"', "'").encode(), "JSON in single quotes")
    yield Bad(text.encode()[:-1] + b', "x": "\xff\xfe"}', "bytes that are not UTF-8")
    yield Bad(text.encode()[:-1] + b', "x": "\x01"}', "a control character that JSON does not allow")
    yield Bad(f'{text[:-1]}, "x": NaN}}'.encode(), "NaN, which is not JSON")


def _other_media(probe: Probe, operation: Operation, good: Request) -> Iterator[Bad]:
    wanted = taken(probe.service, operation)
    as_json = json.dumps(good.body).encode()
    for kind, body in (("text/plain", as_json), ("application/xml", b"<nonsense/>"), (JSON, as_json)):
        if kind not in wanted:
            yield Bad(body, f"a body of {kind}", (415,), content_type=kind)


def _too_large(probe: Probe, operation: Operation, good: Request) -> Iterator[Bad]:
    if JSON in taken(probe.service, operation):
        body: Any = {**(good.body or {}), "padding": "x" * TOO_LARGE}
        yield Bad(body, f"a body of {TOO_LARGE:,} bytes", (413, 400, 422))
    else:
        yield Bad(
            {**(good.body or {}), "padding": "x" * TOO_LARGE}, f"a form of {TOO_LARGE:,} bytes", (413, 400)
        )


def _other_shapes(probe: Probe, operation: Operation, good: Request) -> Iterator[Bad]:
    for value in (None, [], [good.body], "nonsense", 12, True):
        yield Bad(json.dumps(value).encode(), f"`{json.dumps(value)[:40]}` for an object")
    yield Bad(b"[" * DEEP + b"]" * DEEP, f"a body nested {DEEP:,} deep")
    if nonsense.plain_form(probe.service, body_schema(probe.service, operation)).get("required"):
        yield Bad({}, "an empty object")
    if (
        nonsense.plain_form(probe.service, body_schema(probe.service, operation)).get("additionalProperties")
        is False
    ):
        name = "no_such_field"
        yield Bad({**good.body, name: "x"}, "a field that it does not know", naming=name)


def _wrong_values(probe: Probe, operation: Operation, good: Request) -> Iterator[Bad]:
    schema = nonsense.plain_form(probe.service, body_schema(probe.service, operation))
    form = JSON not in taken(probe.service, operation)
    sent: Mapping[str, Any] = good.body or {}
    for name in schema.get("required", ()):
        if name in sent and name != FORM_KEY:
            without = {other: value for other, value in sent.items() if other != name}
            yield Bad(without, f"a body without `{name}`", naming="" if form else name)
    for name, described in schema.get("properties", {}).items():
        if name == FORM_KEY:
            continue
        values = (nonsense.not_allowed_as_text if form else nonsense.not_allowed)(probe.service, described)
        for value in values[:MOST_A_FIELD]:
            yield Bad(
                {**sent, name: value},
                f"`{str(value)[:60]}` as `{name}`",
                (400, 404, 422) if form else (400, 422),
                naming="" if form else name,
            )
        yield from _within(probe.service, sent, name, described)


def _within(service: Service, sent: Mapping[str, Any], name: str, described: Any) -> Iterator[Bad]:
    """The same for the fields of the first of several things in one body, the members of a household."""
    held = sent.get(name)
    first = held[0] if isinstance(held, list) and held else None
    if not isinstance(first, dict):
        return
    of_each = nonsense.plain_form(service, nonsense.plain_form(service, described).get("items", {}))
    for inner, schema in of_each.get("properties", {}).items():
        for value in nonsense.not_allowed(service, schema)[2 : 2 + MOST_WITHIN]:
            body = {**sent, name: [{**first, inner: value}]}
            yield Bad(body, f"`{str(value)[:60]}` as `{inner}` within `{name}`", naming=inner)


_Bodies = Callable[[Probe, Operation, Request], Iterator[Bad]]
_TOLD: Sequence[tuple[str, str, _Bodies]] = (
    ("unreadable", "what cannot be read", _unreadable),
    ("other-media", "a body of another media type", _other_media),
    ("too-large", "a body that is too large", _too_large),
    ("other-shapes", "a body of another shape", _other_shapes),
    ("wrong-values", "values that its contract does not allow", _wrong_values),
)
