"""Relaying: a call is sent to a component as the council would send it, and its answer read and judged."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sandbox import machine
from sandbox.components.asking import HOP_BY_HOP, Answered, Asked, Headers, Unanswered
from sandbox.components.contract import Contract, Contracts
from sandbox.components.mapping import Bridge
from sandbox.components.nonsense import nonsense_in
from sandbox.components.places import Places, Telling
from sandbox.components.settings import Filler
from sandbox.components.tricks import trick_in
from sandbox.outward import Destination, Outward
from sandbox.wire import SAFE, BrokeOff, Received
from service_apis.kit.problems import Problem
from service_apis.kit.service import Service

__all__ = ["MOST_RELAYS", "SAFE", "Relay"]

US = "1.1 virtual-council"
MOST_RELAYS = 3
"""A call is passed on so often, where what is called at the end is a slot of a sandbox again."""
LARGEST_AT_ONCE = 1_000_000
"""A larger answer is looked through aside: that takes longer than other calls should wait."""
MOST_KEPT = 200
NOT_THEIRS = frozenset(
    (
        "forwarded",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-forwarded-proto",
        "x-forwarded-server",
        "x-forwarded-ssl",
        "x-forwarded-scheme",
        "x-real-ip",
        "x-client-ip",
        "x-original-url",
        "x-original-host",
        "x-rewrite-url",
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
        "expect",
        "host",
        "content-length",
        "accept-encoding",
        "virtual-council-scenario",
    )
)
"""Headers about the way of a call, or that make another of it: a caller's own are not passed on."""
NOT_TOLD = frozenset(
    (
        "server",
        "x-powered-by",
        "date",
        "via",
        "set-cookie",
        "set-cookie2",
        "content-encoding",
        "content-length",
        "alt-svc",
        "clear-site-data",
        "strict-transport-security",
        "refresh",
        "service-worker-allowed",
        "x-virtual-council",
        "x-accel-redirect",
        "x-sendfile",
    )
)
"""Headers of an answer that would tell who gave it, or speak for the whole address that all of it is at."""


class Relay:
    """The way to components, for all councils of one sandbox."""

    def __init__(self, outward: Outward, services: Mapping[str, Service]) -> None:
        self._outward = outward
        self.contracts = Contracts(services)
        # What is worked out once for an address, or a mapping, and holds as long as it stays the same.
        self._literal: OrderedDict[str, tuple[Destination, Places]] = OrderedDict()
        self._bridges: OrderedDict[tuple[str, str], Bridge] = OrderedDict()

    async def ask(self, filler: Filler, asked: Asked, seconds: float) -> Answered:
        """The component's answer. Raises Unanswered where there is none that can be passed on."""
        began = machine.seconds()
        if trick := trick_in(asked):
            raise Unanswered(f"{filler.name} was not called: {trick.detail}", may_be_done=False)
        if (asked.header("via") or "").count(US) >= MOST_RELAYS:
            raise Unanswered(f"{filler.name} was not called: the call goes in a circle", may_be_done=False)
        contract = await self.contracts.of(filler.slot)
        operation = contract.operation_at(asked.method, asked.path)
        bridge = self._bridge(filler, contract)
        sent = bridge.to_component(asked, operation) if bridge else asked
        destination, places = await self._destination(filler)
        received = await self._received(filler, destination, sent, seconds)
        answered = Answered(received.status, _headers(received), received.body, machine.seconds() - began)

        def read() -> tuple[Answered, str | None]:
            told = answered
            if bridge:
                told = bridge.to_slot(told, operation)
            way = bridge.way if bridge else _same
            asked_at = f"{filler.url}{sent.path}"
            told = places.to_caller(told, Telling(asked_at, asked.base_url, way, contract.has_path))
            return told, nonsense_in(operation, asked, told)

        small = len(answered.body) <= LARGEST_AT_ONCE
        answered, nonsense = read() if small else await asyncio.to_thread(read)
        if nonsense:
            raise Unanswered(f"{filler.name} {nonsense}", may_be_done=True)
        return answered

    async def _destination(self, filler: Filler) -> tuple[Destination, Places]:
        known = self._literal.get(filler.url)
        if known is not None:
            return known
        try:
            destination = await self._outward.destination(filler.url)
        except Problem as problem:
            raise Unanswered(
                f"{filler.name} was not called: {problem.detail}", may_be_done=False
            ) from problem
        places = Places(filler.url, map(str, destination.addresses))
        if destination.is_literal:
            self._literal[filler.url] = destination, places
            _bound(self._literal)
        return destination, places

    def _bridge(self, filler: Filler, contract: Contract) -> Bridge | None:
        if not filler.mapping:
            return None
        key = filler.slot, json.dumps(filler.mapping)
        known = self._bridges.get(key)
        if known is None:
            known = self._bridges[key] = Bridge(filler.mapping, contract)
            _bound(self._bridges)
        return known

    async def _received(
        self, filler: Filler, destination: Destination, asked: Asked, seconds: float
    ) -> Received:
        target = f"{destination.base}{asked.path or '/'}{'?' if asked.query else ''}{asked.query}"
        headers = _sent(asked, destination)
        try:
            async with asyncio.timeout(seconds):
                return await self._outward.wire.send(
                    asked.method, destination, target.encode("latin-1"), headers, asked.body
                )
        except TimeoutError as error:
            raise Unanswered(
                f"{filler.name} did not answer within {seconds:g} seconds", may_be_done=True
            ) from error
        except BrokeOff as error:
            raise Unanswered(f"{filler.name} {error}", may_be_done=error.may_be_done) from error


def _sent(asked: Asked, destination: Destination) -> list[tuple[bytes, bytes]]:
    """The headers of a call as the component gets them."""
    parts = urlsplit(asked.base_url)
    relays = 1 + (asked.header("via") or "").count(US)
    ours = [
        ("host", destination.authority),
        ("x-forwarded-host", parts.netloc),
        ("x-forwarded-proto", parts.scheme),
        ("x-forwarded-prefix", parts.path),
        ("via", ", ".join([US] * relays)),
        ("accept-encoding", "identity"),
    ]
    if asked.body or asked.method not in SAFE:
        ours.append(("content-length", str(len(asked.body))))
    passed_on = (each for each in asked.headers if each[0] not in NOT_THEIRS)
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (*ours, *passed_on)]


def _headers(received: Received) -> Headers:
    """The headers of an answer as far as they are for a caller."""
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in received.headers]
    named = {
        each.strip().lower() for name, value in headers if name == "connection" for each in value.split(",")
    }
    return tuple(
        (name, value)
        for name, value in headers
        if name not in HOP_BY_HOP
        and name not in NOT_TOLD
        and name not in named
        and not name.startswith("virtual-council-")
    )


def _same(path: str, query: str) -> tuple[str, str]:
    return path, query


def _bound(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
