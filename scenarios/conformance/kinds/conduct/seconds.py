"""Seconds: whether calls are answered in time, by all that the service's own checks have made so far.

One slow answer can be the machine's fault, so that the median of a few is what counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median, quantiles

from scenarios.conformance import calls, makings
from scenarios.conformance.checks import Check, Kind, Missed, Skipped
from scenarios.conformance.kinds.access import doors
from scenarios.conformance.known import reads
from scenarios.conformance.probe import Call, Probe
from scenarios.exchange import Request
from scenarios.openapi import Operation, Service
from scenarios.packs import Packs

LIMIT = 2.0
"""Seconds in which a call is answered."""
ENOUGH = 3
"""Answers of which the median is taken."""
LOOKED_AT = 5
"""Slow operations that are asked again, the slowest first."""


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """One check of all calls, which has to come after the others."""
    yield Check(
        name="in-time",
        service=service.name,
        kind=Kind.CONDUCT,
        title=f"Each call is answered within {LIMIT:g} seconds",
        verifies=packs.held_to(service.name, "COUNCIL-050"),
        run=_in_time,
    )


def _in_time(probe: Probe) -> None:
    _ask_what_was_not(probe)
    heard = [call for call in probe.place.heard if call.status is not None]
    by_operation: dict[str, list[Call]] = defaultdict(list)
    for call in heard:
        operation = operation_of(probe.service, call)
        if operation is not None:
            by_operation[operation.id].append(call)
    slow = {
        name: max(made, key=lambda call: call.seconds)
        for name, made in by_operation.items()
        if max(call.seconds for call in made) > LIMIT
    }
    for name in sorted(slow, key=lambda name: -slow[name].seconds)[:LOOKED_AT]:
        taken = _again(probe, probe.operation(name), slow[name], by_operation[name])
        if median(taken) > LIMIT:
            raise Missed(
                f"`{name}` takes {median(taken):.1f} s ({slow[name].method} {slow[name].path})",
                expected=f"an answer within {LIMIT:g} s",
                got=f"{_told(taken)}; of all {len(heard)} calls {_figures(heard)}",
                remedy="look for what is waited for: an index that is missing, a call to another system",
            )


def operation_of(service: Service, call: Call) -> Operation | None:
    """The operation of the contract that a call was of."""
    for operation in service.operations.values():
        if operation.method == call.method and re.fullmatch(_pattern(operation.path), call.path):
            return operation
    return None


def _pattern(path: str) -> str:
    return "".join(part if part.startswith("[") else re.escape(part) for part in _parts(path))


def _parts(path: str) -> Iterator[str]:
    for part in re.split(r"({\w+})", path):
        yield "[^/]+" if part.startswith("{") else part


def _ask_what_was_not(probe: Probe) -> None:
    """Ask each read that no check has asked."""
    asked = {one.id for call in probe.place.heard if (one := operation_of(probe.service, call)) is not None}
    for operation in reads(probe.service):
        if operation.id not in asked:
            try:
                request = calls.of(probe, operation).request
            except Skipped:
                continue
            probe.send(doors.opened(probe, operation, request))


def _again(probe: Probe, operation: Operation, slowest: Call, made: Sequence[Call]) -> list[float]:
    """Seconds of a few calls like the slowest: asked again, or those that did the same before."""
    if operation.method == "GET":
        request = _repeated(probe, slowest)
        return [probe.send(doors.opened(probe, operation, request)).seconds for _ in range(ENOUGH)]
    alike = [call.seconds for call in made if _done(call) == _done(slowest)]
    for making in makings.of(probe.place.packs, probe.target.service):
        if _done(slowest) and len(alike) < ENOUGH and making.makes.operation == operation.id:
            try:
                more = [makings.make(probe, making).answer.seconds for _ in range(ENOUGH - len(alike))]
            except Skipped:
                continue
            return [*alike, *more]
    return alike


def _done(call: Call) -> bool:
    return call.status is not None and call.status < 300


def _repeated(probe: Probe, call: Call) -> Request:
    query: Mapping[str, str] = call.query
    return Request(call.method, f"{probe.service.server}{call.path}", query=query)


def _told(taken: Sequence[float]) -> str:
    return ", ".join(f"{seconds:.1f} s" for seconds in taken)


def _figures(heard: Sequence[Call]) -> str:
    seconds = [call.seconds for call in heard]
    late = quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    return f"the slowest took {max(seconds):.1f} s and 95 in 100 at most {late:.2f} s"
