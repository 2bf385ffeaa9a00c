"""Places: what there is so many of is taken one by one, given back, and not given when none is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from scenarios.conformance import makings
from scenarios.conformance.checks import Check, Kind, Skipped, expect
from scenarios.exchange import Request
from scenarios.openapi import Service
from scenarios.packs import Packs
from scenarios.records import Making

if TYPE_CHECKING:
    from scenarios.conformance.probe import Probe

EACH_ONCE = "COUNCIL-041"
MOST_TAKEN = 12
"""Places that are taken, one by one, to see that no more are given."""


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """One for each kind of record that takes a place."""
    for making in makings.of(packs, service.name):
        if making.picks is not None:
            yield Check(
                name=f"places-{making.name}",
                service=service.name,
                kind=Kind.DATA,
                title=f"{making.name}: each takes one place, and no more are given than there are.",
                verifies=(EACH_ONCE,),
                run=partial(take_places, making),
                operations=makings.operations(making, "changes"),
            )


def take_places(making: Making, probe: Probe) -> None:
    """One made takes one place of its day; made until none is left, the next is refused."""
    assert making.picks is not None
    most = making.picks.most
    request = makings.prepare(probe, making)
    picked = _places(probe, making)
    chosen = _chosen(picked, request, most)
    free = int(chosen[most])
    made = [makings.taken(probe, making, request, probe.send(request))]
    _expect_places(probe, making, chosen, free - 1)
    if making.changes is not None and making.changes.sets:
        probe.send(makings.change(probe, made.pop()))
        _expect_places(probe, making, chosen, free)
    if free > MOST_TAKEN:
        return
    while len(made) < free:
        made.append(makings.taken(probe, making, request, probe.send(request)))
    _expect_places(probe, making, chosen, 0)
    answer = probe.send(request)
    probe.in_contract(making.makes.operation, answer)
    expect(
        answer.status == 409,
        f"a {making.name} was taken where no place was left",
        expected=409,
        got=f"{answer.status} {answer.text[:300]}",
        answer=answer,
    )
    if making.changes is not None:
        for each in made:
            probe.send(makings.change(probe, each))


def _places(probe: Probe, making: Making) -> list[Mapping[str, Any]]:
    assert making.picks is not None
    return [*probe.follow(making.finds).get(making.picks.output, ())]


def _chosen(picked: list[Mapping[str, Any]], request: Request, most: str) -> Mapping[str, Any]:
    """The place that a request is for: the entry whose other fields it has."""
    for entry in picked:
        shared = [name for name in entry if name != most and name in request.body]
        if shared and all(entry[name] == request.body[name] for name in shared):
            return entry
    raise Skipped("it cannot be told which place was taken")


def _expect_places(probe: Probe, making: Making, chosen: Mapping[str, Any], right: int) -> None:
    assert making.picks is not None
    most = making.picks.most
    there = next(
        (
            each
            for each in _places(probe, making)
            if all(each.get(name) == value for name, value in chosen.items() if name != most)
        ),
        {},
    )
    # A day that has none left may be listed as such, or not be listed any more.
    got = there.get(most, 0)
    expect(got == right, f"`{most}` does not go by what was made", expected=right, got=got)
