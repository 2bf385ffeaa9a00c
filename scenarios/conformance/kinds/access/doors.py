"""Doors: where an operation wants its key, read from the contract, and a request with any key at it."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any

from scenarios.conformance.keys import FORM_KEY, Name
from scenarios.conformance.known import written
from scenarios.conformance.probe import Probe
from scenarios.exchange import Request
from scenarios.openapi import Operation, Service, resolve

IN_ADDRESS = ("key", FORM_KEY, "access_token")
"""What a query parameter that carries a key may be called."""


class Way(StrEnum):
    """How an operation is entered: with a key in the header, with one in its form, or by anybody."""

    HEADER = "header"
    FORM = "form"
    OPEN = "open"


CLOSED = (Way.HEADER, Way.FORM)


def way_into(service: Service, operation: Operation) -> Way:
    """Where the contract says that the key goes."""
    security = written(service, operation).get("security", service.document.get("security"))
    if security:
        return Way.HEADER
    return Way.FORM if FORM_KEY in form_fields(service, operation) else Way.OPEN


def form_fields(service: Service, operation: Operation) -> dict[str, Any]:
    """The fields of the form that an operation takes, by name; none where it takes no form."""
    body = resolve(written(service, operation).get("requestBody", {}), service.document)
    for media, described in body.get("content", {}).items():
        if "form" in media:
            schema = resolve(described.get("schema", {}), service.document)
            return dict(schema.get("properties", {}))
    return {}


def with_key(probe: Probe, operation: Operation, request: Request, key: str | None) -> Request:
    """The request with this key, or with none, in the place where the operation wants it."""
    if way_into(probe.service, operation) is Way.FORM:
        fields = {name: value for name, value in (request.body or {}).items() if name != FORM_KEY}
        return replace(request, body=fields if key is None else {**fields, FORM_KEY: key})
    headers = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
    bare = replace(request, headers=headers)
    return bare if key is None else probe.target.key_place.put(bare, key)


def scope_of(operation: Operation) -> Name:
    """The key that is enough for an operation, and no more."""
    return "read-only" if operation.method == "GET" else "write-only"


def opened(probe: Probe, operation: Operation, request: Request) -> Request:
    """The request with the key that may do everything, where the operation wants one."""
    if way_into(probe.service, operation) is Way.OPEN:
        return request
    return with_key(probe, operation, request, probe.key("everything"))


def asking(request: Request, name: str, value: str) -> Request:
    """The request with one parameter more in its address."""
    return replace(request, query={**request.query, name: value})
