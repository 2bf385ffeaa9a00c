"""What a relayed call is measured beside: a component that answers at once, and a relay that does no more."""

from __future__ import annotations

import json
import os
from typing import Any

import httpx

Scope = dict[str, Any]
ROUND = {"reference": "R001", "name": "Monday A", "depot": "North", "weekday": 0, "properties": 412}
BODY = json.dumps({**ROUND, "version": 1, "streams": ["refuse", "recycling", "garden", "food"]}).encode()
HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"host"}


async def component(scope: Scope, receive: Any, send: Any) -> None:
    """Answer everything with one record."""
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


class Bare:
    """A relay as plain as one can be, on httpx."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Ask the component, and answer as it did."""
        if scope["type"] != "http":
            return
        if self._client is None:
            self._client = httpx.AsyncClient(base_url=os.environ["BEHIND"], trust_env=False)
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        sent = [pair for pair in scope["headers"] if pair[0] not in HOP]
        answer = await self._client.request(scope["method"], scope["path"], headers=sent, content=body)
        headers = [pair for pair in answer.headers.raw if pair[0].lower() not in HOP]
        headers.append((b"content-length", str(len(answer.content)).encode()))
        await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": answer.content})


bare = Bare()
