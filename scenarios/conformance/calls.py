"""Calls: for any operation of a service, a request that a target has reason to do what it says."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.conformance.known import page_size, taken, ways_to
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
    path = ways_to(probe, operation.id)[0]
    if operation.method == "GET":
        request = probe.request(operation.id, path=path, query=page_size(operation), key=None)
        return Call(request, sound=True)
    body: dict[str, str] | None = {} if operation.takes_body else None
    media = taken(probe.service, operation)[0]
    request = probe.request(operation.id, path=path, body=body, content_type=media, key=None)
    return Call(request, sound=False)
