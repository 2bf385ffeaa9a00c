"""A waste component that speaks a dialect: a good one behind a front that calls some things otherwise.

Missed bins are ``/reports`` to it, a stream is a ``container``, and the containers have codes of its own.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
from starlette.types import Receive, Scope, Send

CONTAINERS = {"refuse": "RES", "recycling": "REC", "garden": "GRN"}
STREAMS = {container: stream for stream, container in CONTAINERS.items()}
KEPT = (b"content-type", b"etag", b"location", b"link", b"www-authenticate", b"retry-after", b"allow")
OURS, THEIRS = "/missed-collections", "/reports"


class Dialect:
    """The front of a component that answers at ``behind``."""

    def __init__(self, behind: str) -> None:
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask what is behind in its own words, and answer in those of the dialect."""
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        path = scope["raw_path"].decode("latin-1")
        if path.startswith(OURS):
            path = "/nowhere"
        path = path.replace(THEIRS, OURS, 1) if path.startswith(THEIRS) else path
        query = scope["query_string"].decode("latin-1")
        for container, stream in STREAMS.items():
            query = query.replace(f"container={container}", f"container={stream}")
        query = query.replace("container=", "stream=") if "stream=" not in query else f"x{query}"
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            headers = [pair for pair in scope["headers"] if pair[0] not in (b"content-length", b"connection")]
            answer = await client.request(
                scope["method"],
                f"{self._behind}{path}{'?' if query else ''}{query}",
                headers=headers,
                content=_said(body, {"container": "stream", "stream": "unheard-of"}, STREAMS),
            )
        told = answer.content
        if answer.is_success:
            told = _said(told, {"stream": "container"}, CONTAINERS)
        sent = [(name, _spoken(value)) for name, value in answer.headers.raw if name.lower() in KEPT]
        sent.append((b"content-length", str(len(told)).encode()))
        await send({"type": "http.response.start", "status": answer.status_code, "headers": sent})
        await send({"type": "http.response.body", "body": told})


def _spoken(value: bytes) -> bytes:
    value = value.replace(OURS.encode(), THEIRS.encode())
    for stream, container in CONTAINERS.items():
        value = value.replace(f"stream={stream}".encode(), f"container={container}".encode())
    return value


def _said(body: bytes, names: dict[str, str], codes: dict[str, str]) -> bytes:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return json.dumps(_renamed(told, names, codes)).encode()


def _renamed(told: Any, names: dict[str, str], codes: dict[str, str]) -> Any:
    if isinstance(told, list):
        return [_renamed(each, names, codes) for each in told]
    if not isinstance(told, dict):
        return told
    return {
        names.get(name, name): codes.get(value, value)
        if name in ("stream", "container") and isinstance(value, str)
        else _renamed(value, names, codes)
        for name, value in told.items()
    }
