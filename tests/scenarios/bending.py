"""A service that does not do what it should: what it is asked and what it answers are bent on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

Query = dict[str, str]


@dataclass
class Said:
    """An answer on its way: the JSON value or the text of its body can be changed, and its headers."""

    status: int
    headers: dict[str, str]
    body: Any
    query: Query
    method: str


@dataclass
class Bent:
    """An ASGI application before another; `asked` changes a query, `said` an answer, of requests to `where`.

    `bent` counts the answers that went through `said`.
    """

    application: Any
    where: str = "nothing"
    asked: Callable[[Query], Query] = field(default=lambda query: query)
    said: Callable[[Said], None] = field(default=lambda said: None)
    bent: int = 0

    def bend(
        self,
        where: str,
        said: Callable[[Said], None] = lambda said: None,
        *,
        asked: Callable[[Query], Query] = lambda query: query,
    ) -> None:
        """From now on bend what is asked and answered there, and nothing else."""
        self.where, self.said, self.asked, self.bent = where, said, asked, 0

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] != "http" or not re.search(self.where, f"{scope['method']} {scope['path']}"):
            await self.application(scope, receive, send)
            return
        query = dict(parse_qsl(scope["query_string"].decode()))
        scope = {**scope, "query_string": urlencode(self.asked(dict(query))).encode()}
        start: dict[str, Any] = {}
        raw = bytearray()

        async def keep(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                raw.extend(message.get("body", b""))

        await self.application(scope, receive, keep)
        headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        is_json = "json" in headers.get("content-type", "")
        body = json.loads(raw) if is_json and raw else raw.decode()
        said = Said(start["status"], headers, body, query, scope["method"])
        self.said(said)
        self.bent += 1
        written = (json.dumps(said.body) if is_json and raw else said.body).encode()
        said.headers["content-length"] = str(len(written))
        pairs = [(name.encode(), value.encode()) for name, value in said.headers.items()]
        await send({"type": "http.response.start", "status": said.status, "headers": pairs})
        await send({"type": "http.response.body", "body": written})


def without(*names: str) -> Callable[[Query], Query]:
    """The query without these parameters: filters that are passed over."""
    return lambda query: {name: value for name, value in query.items() if name not in names}


def on_good(change: Callable[[Any], Any]) -> Callable[[Said], None]:
    """A change of the body of good answers: what it gives takes its place, unless that is None."""

    def said(answer: Said) -> None:
        if answer.status < 300:
            changed = change(answer.body)
            answer.body = answer.body if changed is None else changed

    return said
