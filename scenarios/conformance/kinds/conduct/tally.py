"""The tally: how many records of a kind there are where one was made, before and after."""

from __future__ import annotations

from dataclasses import replace

from scenarios.conformance import makings
from scenarios.conformance.checks import Skipped, Unjudged
from scenarios.conformance.known import SIZES
from scenarios.conformance.makings import Made
from scenarios.conformance.probe import Probe
from scenarios.conformance.readings import NotThere, at, entries, field, same
from scenarios.exchange import Answer, Request
from scenarios.expressions import NoValue, fill
from scenarios.records import Making

MOST = "200"
NOTHING = Answer(0, {}, "", "", {}, 0.0)


def of(probe: Probe, making: Making, request: Request) -> int:
    """How many there are in the list that what this request makes comes to stand in.

    Raises Skipped where there is no such list.
    """
    # Before it is made, the only reference there can be is that in its path.
    reference = next(iter(request.path.values()), "none yet")
    return count(probe, Made(making, reference, request, NOTHING))


def count(probe: Probe, made: Made) -> int:
    """How many there are in the list that the record stands in; raises Skipped where there is none."""
    answer, pointer = _list(probe, made)
    total = answer.body.get("total") if isinstance(answer.body, dict) else None
    if isinstance(total, int):
        return total
    return len(_entries(answer, pointer))


def held(probe: Probe, made: Made) -> int:
    """How many entries of the list are this very record; raises Skipped where there is no list."""
    answer, pointer = _list(probe, made)
    assert made.making.lists is not None
    try:
        wanted = fill(made.making.lists.holds, made.scope())
    except NoValue as nothing:
        raise Unjudged(f"the list cannot be searched for what was made: {nothing}") from nothing
    return sum(_is(entry, wanted) for entry in _entries(answer, pointer))


def _list(probe: Probe, made: Made) -> tuple[Answer, str]:
    if made.making.lists is None:
        raise Skipped(f"there is no list in which a {made.making.name} could be counted")
    request = makings.listed(probe, made)
    known = probe.operation(made.making.lists.operation)
    size = next((name for name in SIZES[:1] if ("query", name) in known.parameters), None)
    if size is not None:
        request = replace(request, query={**request.query, size: MOST})
    answer = probe.send(request)
    if answer.status != 200:
        raise Unjudged(f"{known.id} answers {answer.status}, so that nothing can be counted")
    return answer, made.making.lists.items


def _entries(answer: Answer, pointer: str) -> list[object]:
    try:
        return entries(answer, pointer)
    except NotThere as nothing:
        raise Unjudged(f"there is no list to count in: {nothing}") from nothing


def _is(entry: object, wanted: dict[str, object]) -> bool:
    try:
        return all(same(field(entry, name), value) for name, value in wanted.items())
    except NotThere:
        return False


def reference_in(answer: Answer, pointer: str) -> str:
    """The reference that an answer names, or an empty text."""
    try:
        return str(at(answer, pointer))
    except NotThere:
        return ""
