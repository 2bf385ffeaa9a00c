"""Targets: where the checks of a service ask, with which key, and what a target says of itself."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from scenarios import exchange
from scenarios.exchange import Answer, NoAnswer, Request, send
from scenarios.openapi import METHODS, Service, shape_of
from scenarios.problems import CouldNotRun


class TargetUnusable(CouldNotRun):
    """What answers at the target's address cannot be tested, or nothing does."""


@dataclass(frozen=True)
class KeyPlace:
    """Where a target wants its key: a header (`Authorization: Bearer ...` unless told), the query, or HTTP
    Basic.

    For `basic` the key is `user:password`.
    """

    place: Literal["bearer", "header", "query", "basic"] = "bearer"
    name: str = "Authorization"

    def put(self, request: Request, key: str) -> Request:
        """The request with this key where the target wants it, in place of a bearer key."""
        headers = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
        if self.place == "bearer":
            return replace(request, headers={**headers, "Authorization": f"Bearer {key}"})
        if self.place == "header":
            return replace(request, headers={**headers, self.name: key})
        if self.place == "basic":
            coded = base64.b64encode(key.encode()).decode()
            return replace(request, headers={**headers, "Authorization": f"Basic {coded}"})
        return replace(request, headers=headers, query={**request.query, self.name: key})


@dataclass(frozen=True)
class Target:
    """What is tested for one service.

    `address` is where it answers, or None for the service that the council itself has in the slot.
    `component` is its name with the council where it has joined it: then its time, keys and events are the
    council's. `keys` holds keys of its own by name (`everything`, `read-only`, ...; see
    `scenarios.conformance.keys`). `restart` is a command line that stops and starts it again. `image` is the
    digest of its image, for the record.
    """

    service: str
    address: str | None = None
    component: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    key_place: KeyPlace = KeyPlace()
    restart: str = ""
    image: str = ""
    trusted: Path | None = None

    @property
    def incumbent(self) -> bool:
        """True for the council's own service."""
        return self.address is None

    @property
    def joined(self) -> bool:
        """True where the council's clock, keys and events are the target's too."""
        return self.incumbent or bool(self.component)


@dataclass(frozen=True)
class Described:
    """What a target says of itself: its OpenAPI, and which operations of the slot's contract it claims."""

    title: str
    version: str
    digest: str
    claimed: frozenset[str]


def described(target: Target, contract: Service) -> Described:
    """Read the target's own OpenAPI and hold it beside the slot's contract; raises TargetUnusable."""
    address = (target.address or contract.server).rstrip("/")
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
        raise TargetUnusable(f"`{address}` is not an address such as http://127.0.0.1:9000")
    if urlsplit(address).username is not None:
        # It would stand in every report.
        raise TargetUnusable(
            f"the address of the target at {urlsplit(address).hostname} holds a user or password; give it as "
            "the target's key instead"
        )
    document = published(target, address)
    text = json.dumps(document, sort_keys=True)
    info = document.get("info") if isinstance(document.get("info"), dict) else {}
    assert isinstance(info, dict)
    return Described(
        title=str(info.get("title", ""))[:200],
        version=str(info.get("version", ""))[:100],
        digest=hashlib.sha256(text.encode()).hexdigest(),
        claimed=_claimed(document, contract),
    )


def published(target: Target, address: str) -> dict[str, Any]:
    """The OpenAPI document that a target publishes at its address; raises TargetUnusable."""
    place = f"{address.rstrip('/')}/openapi.json"
    return _document(place, _asked(place, target, target.keys.get("everything")))


def try_key(target: Target, contract: Service, told: Described, key: str | None) -> None:
    """Ask a target for a list that needs nothing to be known, so that a wrong key is said before anything
    runs; raises TargetUnusable.
    """
    for operation in contract.operations.values():
        plain = operation.method == "GET" and not operation.names("path") and not operation.required
        if plain and operation.id in told.claimed:
            place = f"{contract.server}{operation.path}"
            answer = _asked(place, target, key)
            if answer.status in (401, 403):
                raise TargetUnusable(_refused(place, answer.status, target, key))
            return


def _refused(place: str, status: int, target: Target, key: str | None) -> str:
    if key is None:
        return (
            f"{place} answers {status} without a key; give the target's own with --target-key or TARGET_KEY"
        )
    if target.component and "everything" not in target.keys:
        return (
            f"{place} answers {status} to a key of the council that it has joined; a component asks the "
            "council whether a key is good, at $COUNCIL_COMPONENT_URL/introspection"
        )
    return f"{place} answers {status} to this key; give the right one with --target-key or TARGET_KEY"


def _asked(place: str, target: Target, key: str | None) -> Answer:
    request = Request("GET", place, headers={"Accept": "application/json"})
    if key:
        request = target.key_place.put(request, key)
    try:
        with exchange.client(target.trusted) as client:
            return send(client, request)
    except NoAnswer as silence:
        raise TargetUnusable(_silent(place, str(silence))) from silence


def _silent(place: str, why: str) -> str:
    said = why.upper().replace(" ", "_")
    if "CERTIFICATE" in said:
        return f"{place}: its certificate is not trusted ({why}); name its authority's PEM file with --trust"
    if "WRONG_VERSION_NUMBER" in said or "RECORD_LAYER_FAILURE" in said or "UNEXPECTED_EOF" in said:
        return f"{place}: it does not speak TLS ({why}); is its address one with http://?"
    return f"{place}: {why}; is the target up, and is this its address?"


def _document(place: str, answer: Answer) -> dict[str, Any]:
    """The OpenAPI document in the answer; raises TargetUnusable, which says what came instead."""
    if 300 <= answer.status < 400:
        to = answer.headers.get("location", "another place")
        raise TargetUnusable(f"{place} redirects to {to}; redirects are not followed, so give that address")
    if answer.status in (401, 403):
        raise TargetUnusable(
            f"{place} answers {answer.status}; a target shows its OpenAPI document to everybody, or to the "
            "key that is given with --target-key or TARGET_KEY"
        )
    if answer.status != 200:
        raise TargetUnusable(
            f"{place} answers {answer.status}; a target publishes its OpenAPI document there, to say which "
            "operations it claims"
        )
    if answer.content_type == "text/html":
        raise TargetUnusable(f"{place} answers a web page (text/html), not an OpenAPI document")
    document = answer.body
    if answer.broken_json or not isinstance(document, dict):
        raise TargetUnusable(f"{place} is not JSON ({answer.content_type or 'no content type'})")
    if not str(document.get("openapi", "")).startswith("3.") or not isinstance(document.get("paths"), dict):
        raise TargetUnusable(f"{place} is JSON, but no OpenAPI 3 document: it needs `openapi` and `paths`")
    if not _operations(document):
        raise TargetUnusable(f"{place} describes no operation")
    return document


def _operations(document: Mapping[str, Any]) -> set[tuple[str, str]]:
    """(method, path with its names left out) of each operation."""
    return {
        (method.upper(), shape_of(path))
        for path, item in document["paths"].items()
        if isinstance(item, dict)
        for method in item
        if method in METHODS
    }


def _claimed(document: Mapping[str, Any], contract: Service) -> frozenset[str]:
    there = _operations(document)
    return frozenset(
        operation.id
        for operation in contract.operations.values()
        if (operation.method, shape_of(operation.path)) in there
    )
