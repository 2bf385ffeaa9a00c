"""The wire to components: kept connections, on which a call is sent and its answer read within limits."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpcore

    from sandbox.outward import Destination

RawHeaders = Sequence[tuple[bytes, bytes]]
LARGEST_ANSWER_BYTES = 32 * 1024 * 1024
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
"""Methods that change nothing (RFC 9110, 9.2.1)."""
MOST_LINES = 64
MOST_CONNECTIONS = 100
"""To one component at a time."""
KEPT_SECONDS = 4.0
"""How long an unused connection is kept: shorter than servers do, uvicorn for one 5 s."""
NO_BODY = (204, 304)


class BrokeOff(Exception):
    """There was no answer, or no whole one. ``may_be_done`` says that the call may have arrived."""

    def __init__(self, said: str, *, may_be_done: bool) -> None:
        super().__init__(said)
        self.may_be_done = may_be_done


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came, its body unpacked."""

    status: int
    headers: RawHeaders
    body: bytes


class Wire:
    """The connections of one sandbox to components, of an event loop; each component has its own."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], _Line] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(
        self, method: str, destination: Destination, target: bytes, headers: RawHeaders, body: bytes
    ) -> Received:
        """The answer to a call, at the first of the destination's addresses that takes it.

        Raises BrokeOff. It takes as long as it takes: bound it from outside.
        """
        *others, last = destination.addresses
        for address in others:
            try:
                line = await self._line(destination, str(address))
                return await line.sent(method, target, headers, body)
            except BrokeOff as broke:
                if broke.may_be_done:
                    raise
        line = await self._line(destination, str(last))
        return await line.sent(method, target, headers, body)

    async def _line(self, destination: Destination, address: str) -> _Line:
        """The line to an address. The first time its library is loaded aside: that takes a while."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # A connection belongs to the event loop that it was made on.
            self._lines.clear()
            self._loop = loop
        key = (f"{destination.scheme}://{destination.authority}", address)
        line = self._lines.get(key)
        if line is None:
            made = await asyncio.to_thread(_Line, destination, address)
            line = self._lines.setdefault(key, made)
            while len(self._lines) > MOST_LINES:
                oldest = next(iter(self._lines))
                await self._lines.pop(oldest).close()
        return line

    async def close(self) -> None:
        """Close the connections that are kept open."""
        lines, self._lines = self._lines, {}
        if self._loop is asyncio.get_running_loop():
            for line in lines.values():
                await line.close()


class _Line:
    """Connections to one address of one component: the one that was used last is taken up again first.

    httpcore's own pool looks through all of its connections at each call, which with a few of them costs
    more than the call.
    """

    def __init__(self, destination: Destination, address: str) -> None:
        import httpcore

        context = None
        if destination.scheme == "https":
            import httpx

            context = httpx.create_ssl_context(trust_env=False)
        self._context = context
        self._scheme, self._host, self._port = destination.scheme.encode(), address.encode(), destination.port
        self._origin = httpcore.Origin(self._scheme, self._host, self._port)
        self._extensions = {"sni_hostname": destination.host}
        self._idle: list[httpcore.AsyncHTTPConnection] = []
        self._room = asyncio.Semaphore(MOST_CONNECTIONS)

    async def sent(self, method: str, target: bytes, headers: RawHeaders, body: bytes) -> Received:
        """The answer to a call. Raises BrokeOff."""
        import httpcore

        url = httpcore.URL(scheme=self._scheme, host=self._host, port=self._port, target=target)
        request = httpcore.Request(
            method, url, headers=headers, content=body or None, extensions=self._extensions
        )
        try:
            async with self._room:
                try:
                    return await self._on(await self._taken_up(), request, method)
                except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
                    # A kept connection can end just when it is taken up again.
                    if method not in SAFE or not _ended(error):
                        raise
                    return await self._on(self._new(), request, method)
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.LocalProtocolError) as error:
            raise BrokeOff(f"cannot be reached: {error}", may_be_done=False) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise BrokeOff(f"broke off: {error}", may_be_done=True) from error

    async def _on(
        self, connection: httpcore.AsyncHTTPConnection, request: httpcore.Request, method: str
    ) -> Received:
        try:
            answer = await connection.handle_async_request(request)
            try:
                return Received(answer.status, answer.headers, await _body(method, answer))
            finally:
                await answer.aclose()
        finally:
            if connection.is_idle() and not connection.is_closed():
                self._idle.append(connection)
            else:
                await connection.aclose()

    async def _taken_up(self) -> httpcore.AsyncHTTPConnection:
        """A connection that is open yet, or a new one."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_available() and not connection.has_expired():
                # What has lain longest is let go of in passing.
                if self._idle and self._idle[0].has_expired():
                    await self._idle.pop(0).aclose()
                return connection
            await connection.aclose()
        return self._new()

    def _new(self) -> httpcore.AsyncHTTPConnection:
        import httpcore

        return httpcore.AsyncHTTPConnection(self._origin, self._context, keepalive_expiry=KEPT_SECONDS)

    async def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            await self._idle.pop().aclose()


def _ended(error: Exception) -> bool:
    """Whether a connection ended before anything was answered on it."""
    import httpcore

    if isinstance(error, httpcore.RemoteProtocolError):
        return "disconnected" in str(error)
    return isinstance(error, httpcore.ReadError | httpcore.WriteError)


async def _body(method: str, answer: httpcore.Response) -> bytes:
    if method == "HEAD" or answer.status in NO_BODY:
        return b""
    pieces, size = [], 0
    async for piece in answer.aiter_stream():
        size += len(piece)
        if size > LARGEST_ANSWER_BYTES:
            raise BrokeOff(f"answered with more than {LARGEST_ANSWER_BYTES:,} bytes", may_be_done=True)
        pieces.append(piece)
    packed = b"".join(pieces)
    coding = ",".join(
        value.decode("latin-1") for name, value in answer.headers if name.lower() == b"content-encoding"
    )
    return packed if not packed else unpacked(packed, coding.strip().lower())


def unpacked(packed: bytes, coding: str) -> bytes:
    """A body without its coding. Raises BrokeOff where that is unknown, wrong, or hides too much."""
    if coding in ("", "identity"):
        return packed
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise BrokeOff(f"answered packed as {coding[:40]}, which was not asked for", may_be_done=True)
    raw_deflate = coding == "deflate" and packed[0] & 0x0F != 8
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS if raw_deflate else zlib.MAX_WBITS | 32)
    try:
        body = unpacking.decompress(packed, LARGEST_ANSWER_BYTES)
        if unpacking.unconsumed_tail:
            raise BrokeOff(
                f"answered with more than {LARGEST_ANSWER_BYTES:,} bytes, packed into fewer", may_be_done=True
            )
        if not unpacking.eof:
            raise zlib.error("it ends too soon")
    except zlib.error as error:
        raise BrokeOff(f"answered with what is not {coding}: {error}", may_be_done=True) from error
    return body
