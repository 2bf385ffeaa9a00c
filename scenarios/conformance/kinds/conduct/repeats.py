"""Repeats: what becomes of a request that is sent again under one Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from scenarios.conformance import makings
from scenarios.conformance.checks import Check, Kind, Omitted, Skipped, expect
from scenarios.conformance.kinds.conduct import tally
from scenarios.conformance.probe import Probe
from scenarios.conformance.refusals import documented, refused
from scenarios.exchange import Answer, Request
from scenarios.openapi import Service
from scenarios.packs import Packs
from scenarios.records import Making

KEY = "Idempotency-Key"
AT_ONCE = 4
LASTING = ("content-type", "etag", "location")
"""Headers that belong to the first answer; the others are of the call."""


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """Four checks of each making whose operation documents the header; one, omitted, where none does."""
    found = [
        making
        for making in makings.of(packs, service.name)
        if ("header", KEY.lower()) in service.operations[making.makes.operation].parameters
    ]
    for making in found:
        for name, title, verifies, run in _TOLD:
            yield Check(
                name=f"{making.makes.operation}.{name}",
                service=service.name,
                kind=Kind.CONDUCT,
                title=title.format(f"`{making.makes.operation}`"),
                verifies=packs.held_to(service.name, verifies),
                run=partial(run, making=making),
                operations=makings.operations(making),
            )
    verifies_all = packs.held_to(service.name, "COUNCIL-005", "COUNCIL-006")
    if not found and verifies_all:
        yield Check(
            name="repeats",
            service=service.name,
            kind=Kind.CONDUCT,
            title="A request that is repeated under one Idempotency-Key has one effect",
            verifies=verifies_all,
            run=_none,
        )


def _none(probe: Probe) -> None:
    raise Omitted("nothing that the packs can make here takes an Idempotency-Key")


def _named(probe: Probe, making: Making) -> tuple[Request, Mapping[str, str]]:
    """A good request, and a header that gives it a name that was never used."""
    headers = {KEY: f"conformance-{makings.unique_text(probe)}"}
    return makings.prepare(probe, making, headers=headers), headers


def _repeated(probe: Probe, *, making: Making) -> None:
    request, _ = _named(probe, making)
    first = makings.taken(probe, making, request, probe.send(request))
    counted = _counted(lambda: tally.count(probe, first))
    again = probe.send(request)
    _same(making, first.answer, again)
    if counted is not None:
        _one_effect(making, counted, tally.count(probe, first))
    if making.changes is not None:
        # What has become of the record since is no part of the first answer.
        probe.send(makings.change(probe, first))
    _same(making, first.answer, probe.send(request))


def _other_body(probe: Probe, *, making: Making) -> None:
    request, _ = _named(probe, making)
    made = makings.taken(probe, making, request, probe.send(request))
    # Before anything is counted: what is found for another body may itself be made.
    other = replace(request, body=_altered(probe, making, request))
    counted = _counted(lambda: tally.count(probe, made))
    answer = probe.send(other)
    operation = making.makes.operation
    refused(
        probe, operation, answer, documented(probe, operation, 422), "another body under a key that was used"
    )
    if counted is not None:
        _one_effect(making, counted, tally.count(probe, made))
    _same(making, made.answer, probe.send(request))


def _at_once(probe: Probe, *, making: Making) -> None:
    request, _ = _named(probe, making)
    counted = _counted(lambda: tally.of(probe, making, request))
    answers = probe.at_once([request] * AT_ONCE)
    done = [answer for answer in answers if answer.status == making.makes.status]
    for answer in answers:
        probe.in_contract(making.makes.operation, answer)
        expect(
            answer in done or answer.status in (409, 425, 429, 503),
            f"{making.makes.operation} breaks when one request comes {AT_ONCE} times at once under one key",
            expected=f"{making.makes.status} alike, or 409 while the first is under way",
            got=f"{answer.status} {answer.text[:200]}",
            answer=answer,
        )
    expect(
        bool(done),
        f"{making.makes.operation} does nothing when one request comes {AT_ONCE} times at once",
        expected=making.makes.status,
        got=", ".join(str(answer.status) for answer in answers),
    )
    for answer in done:
        _same(making, done[0], answer)
    if counted is not None:
        expect(
            (found := tally.of(probe, making, request)) == counted + 1,
            f"{making.makes.operation} did it more than once when it came {AT_ONCE} times at once",
            expected="one more in the list",
            got=f"{found - counted} more",
        )


def _free_again(probe: Probe, *, making: Making) -> None:
    request, _ = _named(probe, making)
    if not isinstance(request.body, dict):
        raise Skipped(f"{making.makes.operation} takes no body that could be wrong")
    wrong = probe.send(replace(request, body={**request.body, "no_such_field": []}))
    if wrong.status < 400:
        raise Skipped("a body with an unknown field is taken, so that no failure can be had so")
    made = makings.taken(probe, making, request, probe.send(request))
    expect(bool(made.reference), f"{making.makes.operation} keeps a key for a request that it refused")


_Run = Callable[..., None]
_TOLD: tuple[tuple[str, str, str, _Run], ...] = (
    (
        "repeated",
        "{} sent again under one key has the first answer, and one effect",
        "COUNCIL-005",
        _repeated,
    ),
    (
        "repeated-at-once",
        "{} sent several times at once under one key has one effect",
        "COUNCIL-005",
        _at_once,
    ),
    ("repeated-otherwise", "{} refuses another body under a key that was used", "COUNCIL-006", _other_body),
    (
        "repeated-after-failure",
        "{} takes a key again whose first request it refused",
        "COUNCIL-005",
        _free_again,
    ),
)


def _counted(count: Callable[[], int]) -> int | None:
    """The count, or None where there is no list to count in."""
    try:
        return count()
    except Skipped:
        return None


def _same(making: Making, first: Answer, again: Answer) -> None:
    """Raise Missed unless a repeat is answered as the first was, byte for byte."""
    what = f"{making.makes.operation} answers a repeat otherwise than the first"
    expect(again.status == first.status, what, expected=first.status, got=again.status, answer=again)
    expect(again.text == first.text, what, expected=first.text[:600], got=again.text[:600], answer=again)
    for name in LASTING:
        expect(
            again.headers.get(name) == first.headers.get(name),
            f"{what}: its `{name}`",
            expected=first.headers.get(name, "none"),
            got=again.headers.get(name, "none"),
            answer=again,
        )


def _one_effect(making: Making, before: int, after: int) -> None:
    expect(
        after == before,
        f"{making.makes.operation} did it again when the request was repeated",
        expected=f"{before} in the list",
        got=f"{after}",
        remedy="keep the first answer with the key, in the transaction of the effect",
    )


def _altered(probe: Probe, making: Making, request: Request) -> Any:
    """Another good body for the same address; the same with one value more where there is none."""
    try:
        other = makings.prepare(probe, making, nth=2)
    except Skipped:
        other = request
    if isinstance(other.body, dict) and other.body != request.body:
        return other.body
    if not isinstance(request.body, dict):
        raise Skipped(f"{making.makes.operation} takes no body, so that there is no other")
    for name, value in request.body.items():
        if isinstance(value, int) and not isinstance(value, bool):
            return {**request.body, name: value + 1}
    raise Skipped(f"the packs know only one body for {making.makes.operation}")
