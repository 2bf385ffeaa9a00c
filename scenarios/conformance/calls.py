"""Calls: for any operation of a service, a request that a target has reason to do what it says."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scenarios.conformance import makings
from scenarios.conformance.checks import Skipped
from scenarios.conformance.known import FORMAT, names_in, page_size, taken, ways_to
from scenarios.conformance.probe import Probe
from scenarios.exchange import Request
from scenarios.openapi import Operation


@dataclass(frozen=True)
class Call:
    """A request without a key. `sound` is True where nothing but a key is wanting for it to be done.

    One that is not sound has a body that says nothing: the packs do not tell how to make what it makes.
    """

    request: Request
    sound: bool


def of(probe: Probe, operation: Operation) -> Call:
    """A call of the operation, on something that the target shows; raises Skipped where it shows nothing."""
    if operation.method == "GET":
        path = ways_to(probe, operation.id)[0]
        request = probe.request(operation.id, path=path, query=page_size(operation), key=None)
        return Call(request, sound=True)
    return _by_makings(probe, operation) or _saying_nothing(probe, operation)


def not_to_be_done(probe: Probe, operation: Operation) -> Call:
    """A call that is going to be refused, so that one serves for all of a lane."""
    place = f"not to be done {operation.id}"
    if place not in probe.place.memory:
        probe.place.memory[place] = of(probe, operation)
    call: Call = probe.place.memory[place]
    return call


def _by_makings(probe: Probe, operation: Operation) -> Call | None:
    """What makes a record by this operation, or changes one that was just made."""
    for making in makings.of(probe.place.packs, probe.target.service):
        try:
            if _does_the_same(probe.operation(making.makes.operation), operation):
                request = makings.prepare(probe, making, key=None)
                return Call(_at(probe, operation, request), sound=True)
            if making.changes is not None and making.changes.operation == operation.id:
                made = makings.make(probe, making)
                return Call(makings.change(probe, made, key=None), sound=True)
        except Skipped:
            continue
    return None


def _does_the_same(one: Operation, other: Operation) -> bool:
    """Whether one is the other, or its twin in another format."""
    twins = one.method == other.method and FORMAT.sub("", one.path) == FORMAT.sub("", other.path)
    return one.id == other.id or (twins and not names_in(one))


def _at(probe: Probe, operation: Operation, request: Request) -> Request:
    """The request at the operation's own address, where it was made for its twin."""
    if names_in(operation):
        return request
    return replace(request, url=f"{probe.service.server}{operation.path}")


def _saying_nothing(probe: Probe, operation: Operation) -> Call:
    body: dict[str, str] | None = {} if operation.takes_body else None
    path = ways_to(probe, operation.id)[0]
    media = taken(probe.service, operation)[0]
    request = probe.request(operation.id, path=path, body=body, content_type=media, key=None)
    return Call(request, sound=False)
