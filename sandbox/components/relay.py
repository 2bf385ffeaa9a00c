"""Relaying: a call is sent to a component as the council would send it, and its answer read, bounded."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import httpx

from sandbox import machine
from sandbox.components.asking import HOP_BY_HOP, Answered, Asked, Unanswered
from sandbox.components.settings import Filler
from sandbox.outward import Outward
from service_apis.kit.problems import Problem

LARGEST_ANSWER_BYTES = 32 * 1024 * 1024
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
"""Methods that change nothing (RFC 9110, 9.2.1)."""
OURS = (
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-real-ip",
    "expect",
    "content-length",
    "accept-encoding",
    "virtual-council-scenario",
    "x-original-url",
    "x-rewrite-url",
)
"""Headers about the way of a call, which only we say: a caller's own are not passed on."""


class Relay:
    """The way to components, for all councils of one sandbox."""

    def __init__(self, outward: Outward) -> None:
        self._outward = outward

    async def ask(self, filler: Filler, asked: Asked, seconds: float) -> Answered:
        """The component's answer. Raises Unanswered where there is none that can be passed on."""
        began = machine.seconds()
        try:
            destination = await self._outward.destination(
                f"{filler.url}{asked.path}{'?' if asked.query else ''}{asked.query}"
            )
        except Problem as problem:
            raise Unanswered(
                f"{filler.name} was not called: {problem.detail}", may_be_done=False
            ) from problem
        try:
            async with (
                asyncio.timeout(seconds),
                self._outward.sending(asked.method, destination, asked.body, _headers(asked)) as answer,
            ):
                body = await _body(filler, answer)
        except TimeoutError as error:
            raise Unanswered(
                f"{filler.name} did not answer within {seconds:g} seconds", may_be_done=True
            ) from error
        except httpx.ConnectError as error:
            raise Unanswered(f"{filler.name} cannot be reached: {error}", may_be_done=False) from error
        except httpx.HTTPError as error:
            raise Unanswered(f"{filler.name} broke off: {error}", may_be_done=True) from error
        headers = tuple(
            (name.lower(), value)
            for name, value in answer.headers.multi_items()
            if name.lower() not in HOP_BY_HOP and name.lower() not in ("server", "date", "content-encoding")
        )
        return Answered(answer.status_code, headers, body, machine.seconds() - began)


def _headers(asked: Asked) -> dict[str, str]:
    parts = urlsplit(asked.base_url)
    headers = {name: value for name, value in asked.headers if name not in OURS}
    return headers | {
        "x-forwarded-host": parts.netloc,
        "x-forwarded-proto": parts.scheme,
        "x-forwarded-prefix": parts.path,
        "accept-encoding": "identity",
    }


async def _body(filler: Filler, answer: httpx.Response) -> bytes:
    pieces, size = [], 0
    async for piece in answer.aiter_bytes():
        size += len(piece)
        if size > LARGEST_ANSWER_BYTES:
            raise Unanswered(
                f"{filler.name} answered with more than {LARGEST_ANSWER_BYTES:,} bytes", may_be_done=True
            )
        pieces.append(piece)
    return b"".join(pieces)
