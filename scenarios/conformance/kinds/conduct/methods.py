"""Methods: what becomes of HEAD, of OPTIONS and of methods that an address does not offer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from scenarios.conformance import calls
from scenarios.conformance.checks import Check, Kind, expect
from scenarios.conformance.kinds.access import doors
from scenarios.conformance.probe import Probe
from scenarios.conformance.refusals import INSIDES
from scenarios.exchange import Answer
from scenarios.openapi import Operation, Service
from scenarios.packs import Packs

CHANGING = ("POST", "PUT", "PATCH", "DELETE")


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """One check of each address of the contract."""
    by_path: dict[str, list[Operation]] = {}
    for operation in service.operations.values():
        by_path.setdefault(operation.path, []).append(operation)
    for operations in by_path.values():
        yield Check(
            name=f"{operations[0].id}.other-methods",
            service=service.name,
            kind=Kind.CONDUCT,
            title=f"The address of `{operations[0].id}` refuses the methods that it does not offer",
            verifies=packs.held_to(service.name, "COUNCIL-053"),
            run=partial(_other_methods, operations=operations),
            operations=(operations[0].id,),
        )


def _other_methods(probe: Probe, *, operations: Sequence[Operation]) -> None:
    first = operations[0]
    asked = doors.opened(probe, first, calls.not_to_be_done(probe, first).request)
    bare = replace(asked, body=None, headers={**asked.headers})
    offered = {operation.method for operation in operations}
    for method in CHANGING:
        if method in offered:
            continue
        answer = probe.send(replace(bare, method=method))
        expect(
            answer.status in (404, 405, 501),
            f"{method} at the address of `{first.id}` is answered {answer.status}",
            expected="405 with the methods that there are in Allow, or 404",
            got=f"{answer.status} {answer.text[:200]}",
            answer=answer,
        )
        if answer.status == 405:
            expect(
                bool(answer.headers.get("allow")),
                f"{method} at the address of `{first.id}` is refused without the methods that there are",
                expected="an Allow header (RFC 9110 section 15.5.6)",
                got="none",
                answer=answer,
            )
        _shows_nothing(first, method, answer)
    options = probe.send(replace(bare, method="OPTIONS"))
    expect(
        options.status < 500,
        f"OPTIONS breaks at the address of `{first.id}`",
        expected="an answer below 500",
        got=options.status,
        answer=options,
    )
    if "GET" in offered:
        _head(probe, first, probe.send(replace(bare, method="HEAD")))


def _head(probe: Probe, operation: Operation, answer: Answer) -> None:
    expect(
        answer.status < 300 or answer.status in (404, 405, 501),
        f"HEAD of `{operation.id}` is answered {answer.status}",
        expected="what GET is answered, or 405",
        got=answer.status,
        answer=answer,
    )
    expect(
        not answer.text,
        f"HEAD of `{operation.id}` is answered with a body",
        expected="no body",
        got=answer.text[:100],
        answer=answer,
    )


def _shows_nothing(operation: Operation, method: str, answer: Answer) -> None:
    for what, pattern in INSIDES.items():
        expect(
            what == "a web page" or not pattern.search(answer.text),
            f"{method} at the address of `{operation.id}` shows {what}",
            expected="a plain refusal",
            got=answer.text[:300],
            answer=answer,
        )
