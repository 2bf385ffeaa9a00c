"""The forwarder: a process between a component's container and the sandbox, the way from one to the other.

On the address of the container's own network it takes HTTP calls and passes them to the sandbox, if they are
for the council that the component joined or for its own door; any other is refused and noted. On a port of
loopback it passes what the sandbox sends to the component, byte for byte. It ends when the container has been
gone for a while.

It is started by the command line with both listening sockets, as ``python -m sandbox.containers.forwarding``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import socket
from contextlib import suppress
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

BRIDGES = Path("/sys/class/net")
LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 30.0
"""How long a container may be stopped before the forwarder ends: a restart is no end."""
CONNECT_SECONDS = 5.0
MOST_AT_ONCE = 200
LARGEST_LOG_BYTES = 1_000_000
LONGEST_PATH_SHOWN = 200
PIECE_BYTES = 1 << 16
OF_THE_CONNECTION = frozenset(
    (
        "connection",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
log = logging.getLogger("forwarder")


@dataclass(frozen=True, slots=True)
class Way:
    """What a container may reach: one council, and the door of one component, at the sandbox's address."""

    sandbox: str
    council: str
    component: str

    def leads_to(self, path: str) -> bool:
        """Whether a path, decoded, is of the council's services or of the component's door."""
        door = f"/sandbox/councils/{self.council}/components/{self.component}"
        services = f"/councils/{self.council}/"
        if any(part in (".", "..", "") for part in path.split("/")[1:-1]) or path.endswith(("/.", "/..")):
            return False
        return path.startswith((services, f"{door}/")) or path == door


class Inward:
    """Calls of the container, as an ASGI application: passed to the sandbox, or refused.

    ``host`` is what the container calls us: links in answers are made of it.
    """

    def __init__(self, way: Way, host: str) -> None:
        self._way, self._host = way, host
        self._client = httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if not self._way.leads_to(scope["path"]):
            log.warning("refused %s %s", scope["method"], scope["path"][:LONGEST_PATH_SHOWN].encode())
            await _refusal(self._way, scope["path"])(scope, receive, send)
            return
        try:
            answer = await self._client.send(self._passed_on(request), stream=True)
        except httpx.HTTPError as error:
            await _problem(503, "The sandbox does not answer", str(error))(scope, receive, send)
            return
        try:
            # As they came: one header may stand there twice, and a compressed body stays so.
            passed = StreamingResponse(answer.aiter_raw(), answer.status_code)
            passed.raw_headers = [
                (name, value)
                for name, value in answer.headers.raw
                if name.decode("latin-1").lower() not in OF_THE_CONNECTION
            ]
            with suppress(httpx.HTTPError):
                await passed(scope, receive, send)
        finally:
            await answer.aclose()

    async def close(self) -> None:
        """Close the connections that are kept open."""
        await self._client.aclose()

    def _passed_on(self, request: Request) -> httpx.Request:
        raw = request.scope["raw_path"] + (
            b"?" + request.scope["query_string"] if request.scope["query_string"] else b""
        )
        headers = [
            (name, value)
            for name, value in request.headers.raw
            if name.decode("latin-1").lower() not in OF_THE_CONNECTION
        ]
        announced = {"content-length", "transfer-encoding"} & set(request.headers)
        return self._client.build_request(
            request.method,
            httpx.URL(self._way.sandbox).copy_with(raw_path=raw),
            headers=[*headers, (b"host", self._host.encode())],
            content=request.stream() if announced else None,
        )


def _refusal(way: Way, path: str) -> Response:
    detail = (
        f"{way.component} joined {way.council}, and reaches its services and its own door; "
        f"{path[:LONGEST_PATH_SHOWN]} is neither"
    )
    return _problem(403, "Not of this component's council", detail)


def _problem(status: int, title: str, detail: str) -> Response:
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(json.dumps(problem), status, media_type="application/problem+json")


class Outward:
    """Connections from the sandbox to the component in its container, byte for byte."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._open = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= MOST_AT_ONCE:
                await self._passed(reader, writer)
        finally:
            self._open -= 1
            writer.close()

    async def _passed(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                from_there, to_there = await asyncio.open_connection(self._host, self._port)
        except (OSError, TimeoutError):
            return
        ways = [
            asyncio.ensure_future(_pumped(reader, to_there)),
            asyncio.ensure_future(_pumped(from_there, writer)),
        ]
        try:
            # Whoever hangs up ends it for both: a caller that has lost patience is not held on to.
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            to_there.close()


async def _pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(PIECE_BYTES):
            writer.write(piece)
            await writer.drain()


async def until_gone(bridge: Path) -> None:
    """Wait until the network is gone, or nothing has been on it for a while. Both show in its bridge."""
    patience = PATIENCE_SECONDS
    while patience > 0:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            patience = PATIENCE_SECONDS if any((bridge / "brif").iterdir()) else patience - LOOK_SECONDS
        except OSError:
            return


async def _forward(asked: argparse.Namespace) -> None:
    way = Way(asked.sandbox, asked.council, asked.component)
    application = Inward(way, asked.host)
    config = uvicorn.Config(
        application,
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=1,
    )
    inward, to_component = uvicorn.Server(config), Outward(asked.container, asked.port)
    outward = await asyncio.start_server(to_component, sock=socket.socket(fileno=asked.outward))
    serving = asyncio.create_task(inward.serve([socket.socket(fileno=asked.inward)]))
    gone = asyncio.create_task(until_gone(BRIDGES / asked.bridge))
    await asyncio.wait({serving, gone}, return_when=asyncio.FIRST_COMPLETED)
    outward.close()
    inward.should_exit = True
    await serving
    await application.close()
    gone.cancel()


def main() -> None:
    """Forward until the container has gone, or until told to end."""
    parser = argparse.ArgumentParser(prog="sandbox.containers.forwarding")
    for name in ("sandbox", "council", "component", "host", "container", "bridge", "log"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("port", "inward", "outward"):
        parser.add_argument(f"--{name}", type=int, required=True)
    asked = parser.parse_args()
    handler = RotatingFileHandler(asked.log, maxBytes=LARGEST_LOG_BYTES, backupCount=1, delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    with suppress(KeyboardInterrupt):
        asyncio.run(_forward(asked))


if __name__ == "__main__":
    main()
