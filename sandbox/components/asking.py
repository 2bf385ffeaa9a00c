"""A call and its answer as they pass between caller, stub and component: read whole, bounded, sent on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import machine
from service_apis.kit.door import SCOPE_KEY, Door

Headers = tuple[tuple[str, str], ...]
"""Names in lower case, and values, in order."""
HOP_BY_HOP = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
"""What is about one connection and never passed on (RFC 9110, 7.6.1)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call of a service: ``path`` below the service's address, percent-encoded as it came.

    ``base_url`` is the service's address as the caller wrote it; ``headers`` are without those of the
    connection and without Host.
    """

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    base_url: str

    def header(self, wanted: str) -> str | None:
        """The first header of a name, or None."""
        return _first(self.headers, wanted)

    def with_header(self, name: str, value: str | None) -> Self:
        """The same with one header set, or without it where ``value`` is None."""
        return replace(self, headers=_with(self.headers, name, value))


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, whole; ``seconds`` is how long it took, NaN where that was not measured."""

    status: int
    headers: Headers
    body: bytes
    seconds: float

    def header(self, wanted: str) -> str | None:
        """The first header of a name, or None."""
        return _first(self.headers, wanted)

    @property
    def media_type(self) -> str:
        """The media type of the body, in lower case and without parameters; empty where none is stated."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def was_done(self) -> bool:
        """Whether what was asked was done."""
        return 200 <= self.status < 300


class Unanswered(Exception):
    """A component gave no answer that could be passed on. The message is a sentence for the journal.

    ``may_be_done`` says that it may have done what was asked all the same.
    """

    def __init__(self, sentence: str, *, may_be_done: bool) -> None:
        super().__init__(sentence)
        self.may_be_done = may_be_done


class HungUp(Exception):
    """The caller was gone before the call was there as a whole. Nothing of it is to be done."""


async def read(scope: Scope, receive: Receive) -> Asked:
    """The call, with its whole body, which the gateway bounds: it raises HTTPException 413. Raises HungUp."""
    door: Door = scope[SCOPE_KEY]
    return await read_at(door.base_url, scope["root_path"], scope, receive)


async def read_at(base_url: str, root: str, scope: Scope, receive: Receive) -> Asked:
    """A call of what is at ``base_url``, where ``root`` of the path leads, as ``read`` reads it."""
    pieces, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HungUp
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    return Asked(
        scope["method"],
        path_below(root, scope),
        scope["query_string"].decode("latin-1"),
        _end_to_end(scope["headers"], b"host"),
        b"".join(pieces),
        base_url,
    )


def path_below(root: str, scope: Scope) -> str:
    """The path below ``root``, percent-encoded as it came.

    Where the root itself was encoded it is encoded anew, from the path by which the call came here.
    """
    raw = (scope.get("raw_path") or b"").partition(b"?")[0].decode("latin-1")
    if raw == root or raw.startswith(f"{root}/"):
        return raw.removeprefix(root)
    return quote(scope["path"].removeprefix(root))


async def of_stub(onward: ASGIApp, scope: Scope, asked: Asked) -> Answered:
    """What our stub answers to a call, which may be another than the one that the scope is of."""
    began = machine.seconds()
    start: Message = {}
    pieces: list[bytes] = []
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            pieces.append(message.get("body", b""))

    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in asked.headers
        if name != "content-length"
    ]
    host = [(name, value) for name, value in scope["headers"] if name == b"host"]
    if asked.body:
        headers.append((b"content-length", str(len(asked.body)).encode()))
    raw = f"{scope['root_path']}{asked.path}"
    own = {
        **scope,
        "method": asked.method,
        "path": unquote(raw),
        "raw_path": raw.encode("latin-1"),
        "query_string": asked.query.encode("latin-1"),
        "headers": [*host, *headers],
    }
    await onward(own, receive, send)
    if "route" in own:
        scope["route"] = own["route"]
    return Answered(
        start["status"], _end_to_end(start.get("headers", [])), b"".join(pieces), machine.seconds() - began
    )


async def send_on(answered: Answered, send: Send) -> None:
    """Send an answer to the caller."""
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in answered.headers
        if name != "content-length"
    ]
    headers.append((b"content-length", str(len(answered.body)).encode()))
    await send({"type": "http.response.start", "status": answered.status, "headers": headers})
    await send({"type": "http.response.body", "body": answered.body})


def _end_to_end(headers: Iterable[tuple[bytes, bytes]], *others: bytes) -> Headers:
    named = {
        name.strip().lower()
        for header, value in headers
        if header.lower() == b"connection"
        for name in value.decode("latin-1").split(",")
    }
    return tuple(
        (lower, value.decode("latin-1"))
        for name, value in headers
        if (lower := name.decode("latin-1").lower()) not in HOP_BY_HOP
        and lower not in named
        and name.lower() not in others
    )


def _first(headers: Headers, wanted: str) -> str | None:
    return next((value for name, value in headers if name == wanted), None)


def _with(headers: Headers, name: str, value: str | None) -> Headers:
    others = tuple(each for each in headers if each[0] != name)
    return others if value is None else (*others, (name, value))
