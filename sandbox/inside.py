"""Calls that the sandbox makes to its own services, by their public operations and nothing else.

The console's pages, the command line and the line printed at start use them; they go through the
gateway like anyone's, without a network between.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Message, Scope

from service_apis.kit.service import Service, Try

FROM_INSIDE = "virtual-council.from-inside"
"""What such a call is known by in its ASGI scope: no behaviour is forced on it."""
FROM_A_PAGE = "virtual-council.from-a-page"
"""What it has beside that where a page asks, which is only shown while the sandbox is served."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, content type and body."""

    status: int
    content_type: str
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class CannotTry(Exception):
    """An example has nothing to show on this council, such as a list that is empty."""


async def call(
    app: ASGIApp,
    address: str,
    key: str,
    host: str,
    *,
    method: str = "GET",
    sent: Any = None,
    pieces: Iterator[bytes] | None = None,
    into: Callable[[bytes], object] | None = None,
    for_page: bool = False,
) -> Answer:
    """Call an address (path and query) as the holder of a key, at the host the caller used.

    ``sent`` goes as JSON, where it is not None; ``pieces`` as they are. The body of a good answer goes
    ``into`` a function piece by piece, where one is given, and is not kept.
    """
    headers = [(b"host", host.encode()), (b"authorization", f"Bearer {key}".encode())]
    body = b""
    if sent is not None:
        body = json.dumps(sent).encode()
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    start: Message = {}
    kept: list[bytes] = []

    to_come = iter([body]) if pieces is None else pieces
    all_sent = False

    async def receive() -> Message:
        nonlocal all_sent
        if all_sent:
            # An answer that comes in pieces waits here for a caller who hangs up, which we never do.
            await asyncio.Event().wait()
        piece = next(to_come, b"")
        all_sent = pieces is None or not piece
        return {"type": "http.request", "body": piece, "more_body": not all_sent}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif into is not None and start["status"] < 400:
            into(message.get("body", b""))
        else:
            kept.append(message.get("body", b""))

    scope = _scope(method, address, headers)
    if for_page:
        scope["extensions"][FROM_A_PAGE] = {}
    await app(scope, receive, send)
    answered = {name.lower(): value for name, value in start["headers"]}
    content_type = answered.get(b"content-type", b"").decode("latin-1")
    return Answer(start["status"], content_type, b"".join(kept))


def _scope(method: str, address: str, headers: list[tuple[bytes, bytes]]) -> Scope:
    """The call as an ASGI server would tell of it."""
    path, _, query = address.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "server": None,
        "client": None,
        "extensions": {FROM_INSIDE: {}},
    }


async def address_of(app: ASGIApp, council: str, service: Service, example: Try, key: str, host: str) -> str:
    """The path of an example on one council, each ``{name}`` found as the example says.

    Raises CannotTry where the council has nothing to fill a name with.
    """
    root = f"/councils/{council}/{service.url_name}"
    found: Mapping[str, str] = {
        name: quote(str(await _found(app, root, where, key, host)), safe="")
        for name, where in example.where.items()
    }
    return root + example.path.format_map(found)


async def _found(app: ASGIApp, root: str, where: str, key: str, host: str) -> Any:
    address, _, pointer = where.partition("#")
    answer = await call(app, root + address, key, host)
    if answer.status != 200:
        raise CannotTry(f"{root}{address} answered {answer.status}")
    value = answer.json
    for step in pointer.strip("/").split("/"):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise CannotTry(f"{root}{address} has nothing at {pointer}") from error
    return value
