"""The council under test, as anyone sees it from outside: its services and what each says of itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from scenarios import exchange
from scenarios.exchange import Answer, NoAnswer, Request, send
from scenarios.openapi import Service, service
from scenarios.problems import CouldNotRun, CouncilUnreachable, KeyRefused, UnknownCouncil

CONTROL = "sandbox"
"""The source by which a journey names the control API (the clock, for one)."""


@dataclass(frozen=True)
class Council:
    """A council that answers, with those services that were asked for and are there.

    `offered` names all that it has. `prepared` makes each request ready to go (a target may want its key in
    another place), and `listener` is told of each exchange: the request, its answer or why there was none,
    and when it began (`time.perf_counter`). `limit` says how many seconds an answer may take now."""

    base_url: str
    name: str
    key: str
    client: httpx.Client
    offered: tuple[str, ...]
    services: dict[str, Service]
    prepared: Callable[[Request], Request] = field(default=lambda request: request)
    listener: Callable[[Request, Answer | NoAnswer, float], None] | None = None
    limit: Callable[[], float] = field(default=lambda: exchange.TIME_LIMIT)

    def send(self, request: Request) -> Answer:
        """Send a request and read its answer within the limits; raises NoAnswer."""
        request = self.prepared(request)
        began = time.perf_counter()
        try:
            answer: Answer | NoAnswer = send(self.client, request, self.limit())
        except NoAnswer as silence:
            answer = silence
        if self.listener is not None:
            self.listener(request, answer, began)
        if isinstance(answer, NoAnswer):
            raise answer
        return answer


@contextmanager
def visit(
    base_url: str,
    name: str,
    key: str,
    wanted: Iterable[str],
    *,
    elsewhere: Mapping[str, str] | None = None,
    trusted: Path | None = None,
) -> Iterator[Council]:
    """Reach a council and read the OpenAPI of each wanted service that it offers.

    Raises CouncilUnreachable, KeyRefused or UnknownCouncil. `base_url` is where the sandbox answers, without
    the path of a council or a service. `elsewhere` gives, for a service, another address that is asked in its
    place and held to the same contract. `trusted` is a PEM file of certificate authorities to trust.
    """
    base_url = base_url.rstrip("/")
    if urlsplit(base_url).scheme not in ("http", "https"):
        raise CouncilUnreachable(f"`{base_url}` is not an address such as http://127.0.0.1:8000")
    elsewhere = elsewhere or {}
    try:
        ready = exchange.client(trusted)
    except NoAnswer as unread:
        raise CouldNotRun(str(unread)) from unread
    with ready as client:
        url_names = _services(client, base_url, key)
        services = {}
        for source in sorted(set(wanted)):
            address = _address(base_url, name, source, url_names)
            if address:
                found = service(source, address, _described(client, address, name, key))
                services[source] = replace(found, server=elsewhere.get(source, found.server).rstrip("/"))
        yield Council(base_url, name, key, client, (CONTROL, *url_names), services)


def _services(client: httpx.Client, base_url: str, key: str) -> dict[str, str]:
    """Every service that the sandbox offers: slug to the name in its URL."""
    address = f"{base_url}/sandbox/services"
    answer = _asked(client, address, key)
    try:
        return {one["slug"]: one["url_name"] for one in answer.body["items"]}
    except (KeyError, TypeError) as wrong:
        raise CouncilUnreachable(
            f"{address} answers {answer.status}, but not with a list of services: is it Virtual Council?"
        ) from wrong


def _address(base_url: str, council: str, source: str, url_names: dict[str, str]) -> str | None:
    if source == CONTROL:
        return f"{base_url}/sandbox/openapi.json"
    if source not in url_names:
        return None
    return f"{base_url}/councils/{quote(council, safe='')}/{url_names[source]}/openapi.json"


def _described(client: httpx.Client, address: str, council: str, key: str) -> dict[str, Any]:
    answer = _asked(client, address, key)
    if answer.status == 404:
        raise UnknownCouncil(
            f"there is no council `{council}` at {address}; `GET /sandbox/councils` lists those there are"
        )
    if answer.status != 200 or not isinstance(answer.body, dict) or "paths" not in answer.body:
        raise CouldNotRun(f"{address} answers {answer.status} and not an OpenAPI document")
    return answer.body


def _asked(client: httpx.Client, address: str, key: str) -> Answer:
    request = Request(
        "GET", address, headers={"Authorization": f"Bearer {key}", "Accept": "application/json"}
    )
    try:
        answer = send(client, request)
    except NoAnswer as silence:
        raise CouncilUnreachable(f"{address}: {silence}; is the council up?") from silence
    if answer.status in (401, 403):
        raise KeyRefused(
            f"{address} answers {answer.status} to this key; give one that covers every scope of the council"
        )
    return answer
