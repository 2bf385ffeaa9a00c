"""Addresses that lead nowhere and parameters that mean nothing: refused by name, and never passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from scenarios.conformance import calls, nonsense
from scenarios.conformance.checks import Check, Kind, Skipped, expect
from scenarios.conformance.kinds.access import doors
from scenarios.conformance.known import (
    SIZES,
    body_schema,
    like_but_unknown,
    names_in,
    reads,
    records_in,
    writes,
    written,
)
from scenarios.conformance.probe import Probe
from scenarios.conformance.refusals import documented, plain, refused
from scenarios.conformance.samples import sample
from scenarios.exchange import Request
from scenarios.openapi import Operation, Service, resolve
from scenarios.packs import Packs

UNKNOWN = "no_such_parameter"
EARLIEST, LATEST = "0001-01-01", "9999-12-31"
STRANGE = (
    "' OR '1'='1",
    "<script>",
    "%00",
    "a" * 300,
    "\N{DESERT}",
    "-1",
)
"""What is no reference of anything, and has broken other systems."""


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """Checks of each path that names something, and of the parameters of each operation."""
    for operation in service.operations.values():
        told: list[tuple[str, str, tuple[str, ...], Callable[..., None]]] = []
        if names_in(operation):
            told.append(
                ("unknown-thing", "answers what is not there as not there", ("COUNCIL-001",), _nothing_there)
            )
        if operation in reads(service) and _described(service, operation):
            told.append(
                (
                    "impossible-parameters",
                    "refuses parameters that mean nothing, by name",
                    ("COUNCIL-009",),
                    _impossible,
                )
            )
        if operation in reads(service) and _limited(service, operation):
            told.append(
                ("stated-limits", "takes what is within its stated limits", ("COUNCIL-053",), _at_the_limits)
            )
        if operation in (*reads(service), *writes(service)):
            told.append(
                ("unknown-parameter", "does not pass over an unknown parameter", ("COUNCIL-007",), _unknown)
            )
        for name, title, wanted, run in told:
            verifies = packs.held_to(service.name, *wanted)
            if verifies:
                yield Check(
                    name=f"{operation.id}.{name}",
                    service=service.name,
                    kind=Kind.CONDUCT,
                    title=f"`{operation.id}` {title}",
                    verifies=verifies,
                    run=partial(run, operation=operation),
                    operations=(operation.id,),
                )


def _nothing_there(probe: Probe, *, operation: Operation) -> None:
    """The last name in the path leads nowhere: a reference like the others, then what is none at all."""
    try:
        good = _good(probe, operation)
    except Skipped:
        if operation.method != "GET":
            raise
        good = probe.request(operation.id, path=dict.fromkeys(names_in(operation), "1234"))
    way = {name: good.path.get(name, "1234") for name in names_in(operation)}
    last = names_in(operation)[-1]
    like = like_but_unknown(way[last])
    statuses = documented(probe, operation.id, 404)
    answer = probe.send(_to(probe, operation, good, {**way, last: like}))
    as_problem = "application/problem+json" in str(operation.responses.get("404", ""))
    refused(
        probe,
        operation.id,
        answer,
        statuses,
        f"`{like}`, which is not there",
        naming=like if as_problem else "",
    )
    for strange in STRANGE:
        request = _to(probe, operation, good, {**way, last: strange})
        answer = probe.send(request)
        expect(
            400 <= answer.status < 500,
            f"`{operation.id}` answers {answer.status} for `{strange[:20]}`, which is no reference",
            expected="404, or 422 where it could not be a reference",
            got=f"{answer.status} {answer.text[:300]}",
            answer=answer,
        )
        if str(answer.status) in operation.responses:
            plain(probe, operation.id, answer, f"`{strange[:20]}`")


def _impossible(probe: Probe, *, operation: Operation) -> None:
    good = _good(probe, operation)
    naming = "422" in operation.responses
    statuses = documented(probe, operation.id, 422) if naming else documented(probe, operation.id, 400, 404)
    tried = 0
    for name, schema in _described(probe.service, operation).items():
        for value in nonsense.not_allowed_as_text(probe.service, schema):
            answer = probe.send(doors.asking(good, name, value))
            refused(
                probe,
                operation.id,
                answer,
                statuses,
                f"`{value[:60]}` as `{name}`",
                naming=name if naming else "",
            )
            tried += 1
        if nonsense.plain_form(probe.service, schema).get("format") == "date":
            for day in (EARLIEST, LATEST):
                answer = probe.send(doors.asking(good, name, day))
                probe.in_contract(operation.id, answer)
                expect(
                    answer.status < 500,
                    f"`{operation.id}` breaks at `{name}` {day}",
                    expected="an answer below 500",
                    got=answer.status,
                    answer=answer,
                )
    if not tried:
        raise Skipped(f"whatever is sent to `{operation.id}` is allowed by its contract")


def _at_the_limits(probe: Probe, *, operation: Operation) -> None:
    good = _good(probe, operation)
    for name, schema in _described(probe.service, operation).items():
        for value in nonsense.at_the_limits(probe.service, schema):
            answer = probe.send(doors.asking(good, name, value))
            probe.in_contract(operation.id, answer)
            expect(
                answer.status not in (400, 422) and answer.status < 500,
                f"`{operation.id}` refuses `{value[:40]}` as `{name}`, which is within its stated limits",
                expected="what it is asked for",
                got=f"{answer.status} {answer.text[:200]}",
                answer=answer,
            )
            if name in SIZES and answer.status == 200:
                shown = len(records_in(answer.body))
                expect(
                    shown <= int(value),
                    f"`{operation.id}` shows more than the `{name}` asked for",
                    expected=f"at most {value}",
                    got=shown,
                    answer=answer,
                )


def _unknown(probe: Probe, *, operation: Operation) -> None:
    good = _good(probe, operation)
    answer = probe.send(doors.asking(good, UNKNOWN, "1"))
    refused(
        probe,
        operation.id,
        answer,
        documented(probe, operation.id, 422, 400),
        "a query parameter that it does not know",
        naming=UNKNOWN,
    )


def _good(probe: Probe, operation: Operation) -> Request:
    """A good call with a key, on something that is there; with a body that its schema allows at least."""
    call = calls.not_to_be_done(probe, operation)
    request = call.request
    if not call.sound and operation.takes_body:
        schema = body_schema(probe.service, operation)
        request = replace(request, body=sample(probe.service, schema))
        if not nonsense.allows(probe.service, schema, request.body):
            raise Skipped(f"the packs do not tell of a body that `{operation.id}` would take")
    return doors.opened(probe, operation, request)


def _to(probe: Probe, operation: Operation, good: Request, way: Mapping[str, str]) -> Request:
    """The same call, to another address."""
    return probe.request(
        operation.id,
        path=way,
        query=good.query,
        headers=good.headers,
        body=good.body,
        content_type=good.content_type or "application/json",
        key=None,
    )


def _limited(service: Service, operation: Operation) -> bool:
    return any(nonsense.at_the_limits(service, schema) for schema in _described(service, operation).values())


def _described(service: Service, operation: Operation) -> dict[str, Any]:
    """The schemas of an operation's query parameters, by name."""
    parameters = [resolve(one, service.document) for one in written(service, operation).get("parameters", [])]
    return {one["name"]: one.get("schema", {}) for one in parameters if one["in"] == "query"}
