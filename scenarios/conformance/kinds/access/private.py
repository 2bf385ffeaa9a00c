"""Private: what a form asks of a person, and what those who may read without a key are not told of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from scenarios.conformance import makings
from scenarios.conformance.checks import Check, Kind, Missed
from scenarios.conformance.keys import FORM_KEY
from scenarios.conformance.kinds.access import doors
from scenarios.conformance.known import names_in, page_size, reads
from scenarios.conformance.nonsense import plain_form
from scenarios.conformance.probe import Probe
from scenarios.exchange import Request
from scenarios.openapi import Operation, Service
from scenarios.packs import Packs
from scenarios.records import Making

PERSONAL = re.compile(r"name|email|phone|mobile|device|account|birth|born")
"""What fields that say who somebody is are called."""


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """One check of each making whose form asks more than any answer tells, where anybody may read."""
    public = [one for one in reads(service) if doors.way_into(service, one) is doors.Way.OPEN]
    if not public:
        return
    for making in makings.of(packs, service.name):
        private = private_fields(service, making)
        if private:
            yield Check(
                name=f"{making.name}.kept-private",
                service=service.name,
                kind=Kind.ACCESS,
                title=f"Who made a {making.name} is told to nobody who may read without a key",
                verifies=packs.held_to(service.name, "COUNCIL-048"),
                run=partial(_kept, making=making, public=public, private=private),
                operations=makings.operations(making),
            )


def private_fields(service: Service, making: Making) -> list[str]:
    """The fields of a making's form that say who sends it and that no answer of the contract has."""
    operation = service.operations[making.makes.operation]
    told = {name for schema in service.components.get("schemas", {}).values() for name in _properties(schema)}
    asked = {name for one in reads(service) for name in one.names("query")}
    return [
        name
        for name, schema in doors.form_fields(service, operation).items()
        if PERSONAL.search(name)
        and name not in told | asked | {FORM_KEY}
        and _is_free(plain_form(service, schema))
    ]


def _properties(schema: Any) -> Iterator[str]:
    yield from schema.get("properties", {}) if isinstance(schema, dict) else ()


def _is_free(schema: Any) -> bool:
    return schema.get("type") == "string" and not {"enum", "pattern", "format"} & set(schema)


def _kept(probe: Probe, *, making: Making, public: list[Operation], private: list[str]) -> None:
    unique = makings.unique_text(probe).replace("-", "")
    sent = {name: f"kept{unique}{place}@example.com" for place, name in enumerate(private)}
    made = makings.make(probe, making, body=sent)
    for operation in public:
        for request in _asking(probe, operation, made.reference):
            answer = probe.send(request)
            for name, value in sent.items():
                if value in answer.text:
                    raise Missed(
                        f"`{operation.id}` tells anybody the `{name}` of who made a {making.name}",
                        expected=f"nothing of `{name}`, which no answer of the contract has",
                        got=answer.text[max(0, answer.text.find(value) - 60) :][:160],
                        answer=answer,
                    )


def _asking(probe: Probe, operation: Operation, reference: str) -> Iterator[Request]:
    """The ways in which a read without a key might come to tell of a record."""
    names = names_in(operation)
    if len(names) == 1:
        yield probe.request(operation.id, path={names[0]: reference}, key=None)
    elif not names:
        yield probe.request(operation.id, query=page_size(operation), key=None)
        for name in sorted(operation.names("query")):
            if name.endswith(("_id", "reference")) and name != "jurisdiction_id":
                yield probe.request(operation.id, query={name: reference}, key=None)
