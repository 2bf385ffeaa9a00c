"""A council whose services misbehave: somebody at the door who changes what is asked and what is answered."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode


@dataclass(frozen=True)
class Asked:
    """A request; `path` comes after the service's address, and header names are in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def key(self, key: str) -> Asked:
        """The same with this key."""
        return replace(self, headers={**self.headers, "authorization": f"Bearer {key}"})

    def without(self, *headers: str) -> Asked:
        return replace(self, headers={name: v for name, v in self.headers.items() if name not in headers})


@dataclass(frozen=True)
class Told:
    """An answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)

    def saying(self, said: Any, status: int | None = None) -> Told:
        """The same with another body, of JSON."""
        return replace(self, status=status or self.status, body=json.dumps(said).encode())

    def of_type(self, content_type: str, body: bytes) -> Told:
        return replace(self, headers={**self.headers, "content-type": content_type}, body=body)


Onward = Callable[[Asked], Awaitable[Told]]
Fault = Callable[[Asked, Onward], Awaitable[Told]]


@dataclass
class Misbehaving:
    """An ASGI application before another. `fault` stands in the way of one service's calls."""

    application: Any
    service: str = ""
    fault: Fault | None = None
    met: int = field(default=0)

    def with_fault(self, service: str, fault: Fault | None) -> None:
        """From now on these calls meet the fault, and no others."""
        self.service, self.fault, self.met = service.replace("_", "-"), fault, 0

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        parts = scope.get("path", "").split("/", 4)
        ours = scope["type"] == "http" and len(parts) == 5 and parts[1] == "councils"
        if not ours or self.fault is None or parts[3] != self.service:
            await self.application(scope, receive, send)
            return
        self.met += 1
        prefix = "/".join(parts[:4])
        body = bytearray()
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        asked = Asked(
            scope["method"],
            scope["path"].removeprefix(prefix),
            dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
            {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]},
            bytes(body),
        )
        told = await self.fault(asked, lambda changed: self._onward(scope, prefix, changed))
        headers = {**told.headers, "content-length": str(len(told.body))}
        sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": told.status, "headers": sent})
        await send({"type": "http.response.body", "body": told.body if asked.method != "HEAD" else b""})

    async def _onward(self, scope: Any, prefix: str, asked: Asked) -> Told:
        headers = {**asked.headers, "content-length": str(len(asked.body))}
        changed = {
            **scope,
            "method": asked.method,
            "path": f"{prefix}{asked.path}",
            "raw_path": f"{prefix}{asked.path}".encode(),
            "query_string": urlencode(asked.query).encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        }
        start: dict[str, Any] = {}
        body = bytearray()

        async def receive() -> Any:
            return {"type": "http.request", "body": asked.body, "more_body": False}

        async def keep(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self.application(changed, receive, keep)
        told = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
        return Told(start["status"], told, bytes(body))
