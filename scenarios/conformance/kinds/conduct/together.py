"""Together: many who ask at one moment. What is there once is had once, what is limited is not overbooked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from scenarios.conformance import makings
from scenarios.conformance.checks import Check, Kind, Omitted, Skipped, expect
from scenarios.conformance.kinds.conduct import tally
from scenarios.conformance.known import counts
from scenarios.conformance.makings import Made
from scenarios.conformance.probe import Probe
from scenarios.exchange import Answer, Request
from scenarios.openapi import Service
from scenarios.packs import Packs
from scenarios.records import Making

AT_ONCE = 8
MOST_LEFT = 24
"""Of something limited, the most that is still asked for to see what becomes of those who come too late."""
TOO_LATE = 4


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """For each making what becomes of many at once; one check, omitted, where nothing can be made."""
    found = makings.of(packs, service.name)
    verifies = packs.held_to(service.name, "COUNCIL-047")
    for making in found:
        told = [("many-at-once", "made by many at once has a reference for each", _many)]
        if making.once:
            told.append(("once", "can be had once, however many ask for the same at one moment", _one))
        if making.picks is not None:
            told.append(("limited", "is not overbooked by many who ask at one moment", _limited))
        if _each_counts(service, making):
            told.append(("same-at-once", "counts each time that it is made, also at one moment", _same))
        for name, title, run in told:
            yield Check(
                name=f"{making.name}.{name}",
                service=service.name,
                kind=Kind.CONDUCT,
                title=f"A {making.name} {title}",
                verifies=verifies,
                run=partial(run, making=making),
                operations=makings.operations(making),
            )
    if not found and verifies:
        yield Check(
            name="once",
            service=service.name,
            kind=Kind.CONDUCT,
            title="What can be had once is had once, however many ask at one moment",
            verifies=verifies,
            run=_none,
        )


def _each_counts(service: Service, making: Making) -> bool:
    """Whether the same can be made again without end, and is then one more in a list that counts."""
    if making.lists is None or making.once or making.picks is not None:
        return False
    again = making.again is not None and making.again.status == making.makes.status
    return again and counts(service, service.operations[making.lists.operation])


def _same(probe: Probe, *, making: Making) -> None:
    request = makings.prepare(probe, making)
    before = tally.of(probe, making, request)
    answers = probe.at_once([request] * AT_ONCE)
    done = [answer for answer in answers if answer.status == making.makes.status]
    expect(
        len(done) == len(answers),
        f"{making.makes.operation} is not done each time when {len(answers)} ask at once",
        expected=f"{making.makes.status} {len(answers)} times",
        got=", ".join(str(answer.status) for answer in answers),
        answer=next((answer for answer in answers if answer not in done), answers[0]),
    )
    after = tally.of(probe, making, request)
    expect(
        after == before + len(answers),
        f"{making.makes.operation} was done {len(answers)} times at once, and not all are there",
        expected=f"{before + len(answers)} in the list",
        got=after,
        remedy="read and write what is counted in one transaction",
    )


def _none(probe: Probe) -> None:
    raise Omitted("the packs know of nothing that can be made here")


def _many(probe: Probe, *, making: Making) -> None:
    requests = _different(probe, making)
    answers = probe.at_once(requests)
    made = [
        makings.taken(probe, making, request, answer)
        for request, answer in zip(requests, answers, strict=True)
    ]
    # A payment's only reference is its account's.
    if not requests[0].path:
        references = [one.reference for one in made]
        expect(
            len(set(references)) == len(references),
            f"{making.makes.operation} gives one reference twice when {len(made)} come at once",
            expected=f"{len(made)} different references",
            got=", ".join(sorted(references)),
            remedy="draw the next number in the transaction that uses it",
        )
    for one in made:
        _is_there(probe, one)


def _different(probe: Probe, making: Making) -> list[Request]:
    """Requests for different things, two at least; raises Skipped where there are not so many."""
    requests: list[Request] = []
    for nth in range(1, AT_ONCE + 1):
        try:
            request = makings.prepare(probe, making, nth=nth)
        except Skipped:
            break
        if all((request.url, request.body) != (each.url, each.body) for each in requests):
            requests.append(request)
    if len(requests) < 2:
        raise Skipped(f"there is not more than one thing that a {making.name} could be made of")
    return requests


def _is_there(probe: Probe, made: Made) -> None:
    if made.making.shows is not None:
        makings.show(probe, made)
        return
    expect(
        tally.held(probe, made) == 1,
        f"{made.making.makes.operation} was answered {made.answer.status}, and its record is not listed once",
        expected=f"{made.reference} in the list",
        got="not there, or twice",
    )


def _one(probe: Probe, *, making: Making) -> None:
    request = makings.prepare(probe, making)
    answers = probe.at_once([request] * AT_ONCE)
    for answer in answers:
        probe.in_contract(making.makes.operation, answer)
    done = [answer for answer in answers if answer.status == making.makes.status]
    again = making.again
    if again is not None and again.status == making.makes.status:
        _alike(making, request, done, answers)
    else:
        _first_and_others(making, done, answers)
    made = makings.taken(probe, making, request, done[0])
    if making.lists is not None:
        held = tally.held(probe, made)
        expect(
            held == 1,
            f"{making.makes.operation} keeps {held} records of what can be had once",
            expected=f"{made.reference} once in the list",
            got=f"{held} times",
        )
    if again is not None and again.names is not None and again.status != making.makes.status:
        for answer in answers:
            if answer.status == again.status:
                _names_the_first(making, made, answer, again.names)


def _alike(making: Making, request: Request, done: list[Answer], answers: list[Answer]) -> None:
    """Where a second one is answered as the first: all of them, and with the same reference."""
    references = {makings.reference(making, request, answer) for answer in done}
    expect(
        len(done) == len(answers) and len(references) == 1,
        f"{making.makes.operation} answers one request, sent {len(answers)} times at once, differently",
        expected=f"{making.makes.status} with one reference, {len(answers)} times",
        got=f"{', '.join(str(answer.status) for answer in answers)}; {', '.join(sorted(references))}",
    )


def _first_and_others(making: Making, done: list[Answer], answers: list[Answer]) -> None:
    refusals = [making.again.status] if making.again else [409, 422]
    others = [answer.status for answer in answers if answer not in done]
    expect(
        len(done) == 1 and all(status in refusals for status in others),
        f"{making.makes.operation} is done {len(done)} times when {len(answers)} ask for the same at once",
        expected=f"{making.makes.status} once, {refusals[0]} to the others",
        got=", ".join(str(answer.status) for answer in answers),
        remedy="let the database hold what can be there once (a unique index), not a question asked before",
        answer=done[-1] if done else answers[0],
    )


def _names_the_first(making: Making, made: Made, answer: Answer, pointer: str) -> None:
    named = tally.reference_in(answer, pointer)
    expect(
        named == made.reference,
        f"{making.makes.operation} refuses the second and names another than the first",
        expected=made.reference,
        got=named or "no reference",
        answer=answer,
    )


def _limited(probe: Probe, *, making: Making) -> None:
    assert making.picks is not None
    left = making.picks.most
    entry = _scarcest(probe, making)
    free = int(entry[left])
    chosen = {name: entry[name] for name in entry if name in (making.makes.body or {})}
    request = makings.prepare(probe, making, body=chosen)
    answers = probe.at_once([request] * (free + TOO_LATE))
    for answer in answers:
        probe.in_contract(making.makes.operation, answer)
    done = [answer for answer in answers if answer.status == making.makes.status]
    expect(
        len(done) == free,
        f"{making.makes.operation} is done {len(done)} times where {free} were left",
        expected=f"{making.makes.status} {free} times, 409 to the others",
        got=", ".join(str(answer.status) for answer in answers),
        remedy="count what is taken and take it in one transaction",
        answer=done[-1] if done else answers[0],
    )
    references = {makings.reference(making, request, answer) for answer in done}
    expect(
        len(references) == free,
        f"{making.makes.operation} gives one reference twice when {len(answers)} come at once",
        expected=f"{free} different references",
        got=f"{len(references)}",
    )
    for each in _entries(probe, making):
        if all(each.get(name) == value for name, value in chosen.items()):
            expect(
                each.get(left) == 0,
                f"`{left}` is not what is left once all is taken",
                expected=0,
                got=each.get(left),
            )


def _entries(probe: Probe, making: Making) -> list[dict[str, Any]]:
    assert making.picks is not None
    entries = probe.follow(making.finds).get(making.picks.output)
    return [each for each in entries or () if isinstance(each, dict)]


def _scarcest(probe: Probe, making: Making) -> dict[str, Any]:
    """The entry of which the least is left, but something; raises Skipped where more is left of each."""
    assert making.picks is not None
    left = making.picks.most
    some = [each for each in _entries(probe, making) if isinstance(each.get(left), int) and each[left] > 0]
    few = [each for each in some if each[left] <= MOST_LEFT]
    if not few:
        raise Skipped(f"there is none of which 1 to {MOST_LEFT} are left")
    return min(few, key=lambda each: int(each[left]))
