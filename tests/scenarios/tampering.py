"""A service that does not do what it should: answers changed on their way from a council to whoever asked."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

Answer = tuple[int, Any]
"""An answer's status and its body: the JSON value, or the text of any other kind."""


@dataclass
class Tampered:
    """An ASGI application before another, which puts `change` in the way of some of its answers.

    Those are the answers to requests whose method and path match `where`; `changed` counts them.
    """

    application: Any
    where: str = "nothing"
    change: Callable[[int, Any], Answer] = field(default=lambda status, body: (status, body))
    changed: int = 0

    def tamper(self, where: str, change: Callable[[int, Any], Answer]) -> None:
        """From now on change these answers, and no others."""
        self.where, self.change, self.changed = where, change, 0

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] != "http" or not re.search(self.where, f"{scope['method']} {scope['path']}"):
            await self.application(scope, receive, send)
            return
        start: dict[str, Any] = {}
        body = bytearray()

        async def keep(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self.application(scope, receive, keep)
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        is_json = any(name.lower() == b"content-type" and b"json" in value for name, value in headers)
        status, changed = self.change(start["status"], json.loads(body) if is_json else body.decode())
        self.changed += 1
        raw = (json.dumps(changed) if is_json else changed).encode()
        headers.append((b"content-length", str(len(raw)).encode()))
        await send({**start, "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": raw})


def with_status(becomes: int, *, instead_of: int) -> Callable[[int, Any], Answer]:
    """The same answer with another status."""
    return lambda status, body: (becomes if status == instead_of else status, body)


def with_fields(**fields: Any) -> Callable[[int, Any], Answer]:
    """The same answer with these fields, which in a list (as Open311 answers) go to the first."""

    def change(status: int, body: Any) -> Answer:
        owner = body[0] if isinstance(body, list) else body
        return status, [{**owner, **fields}] if isinstance(body, list) else {**owner, **fields}

    return change
