"""Replaying: recorded calls are sent again, in order, to another council, and the answers compared.

Calls go through the gateway as they first did, in the name of whoever made them. The other council's clock is
moved to where it stood at each call; see ``comparing`` for what may differ in an answer and mean the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Scope

from sandbox.gateway import STAND_IN, StandIn
from sandbox.journal.comparing import Comparison, Counterparts
from sandbox.journal.har import header_pairs
from sandbox.journal.masking import MASK, Masking
from sandbox.journal.ring import Entry
from service_apis.kit.council import Council
from service_apis.kit.door import Caller

SAME, DIFFERENT, NOT_COMPARED, LEFT_OUT = "same", "different", "not-compared", "left-out"
LONGEST_SECONDS = 60
"""How long one call may take to be answered."""
_NOT_SENT = frozenset({"content-length", "transfer-encoding", "host", "last-event-id"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recorded call: its ``outcome``, ``why`` where it needs saying, and the differences.

    ``status`` and ``request_id`` are those of the new call, 0 and empty where it was left out.
    """

    entry: Entry
    outcome: str
    why: str = ""
    status: int = 0
    request_id: str = ""
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, wanted: bytes) -> str:
        return next((value.decode("latin-1") for name, value in self.headers if name == wanted), "")


class Replay:
    """A replay of one council's calls onto another."""

    def __init__(self, app: ASGIApp, masking: Masking, recorded: str, onto: Council) -> None:
        self._app = app
        self._masking = masking
        self._recorded = recorded
        self._onto = onto
        self._counterparts = Counterparts(recorded, onto.name)

    async def run(self, entries: Sequence[Entry]) -> list[Outcome]:
        """Send the calls again, in order."""
        outcomes = []
        for entry in entries:
            outcomes.append(await self._replayed(entry))
            await asyncio.sleep(0)  # others are served meanwhile
        return outcomes

    async def _replayed(self, entry: Entry) -> Outcome:
        why = why_left_out(entry, self._recorded)
        if why:
            return Outcome(entry, LEFT_OUT, why)
        apart = await self._move_clock(datetime.fromisoformat(entry.council_time))
        try:
            answer = await asyncio.wait_for(self._send(entry), LONGEST_SECONDS)
        except TimeoutError:
            return Outcome(entry, DIFFERENT, f"It was not answered within {LONGEST_SECONDS} seconds")
        request_id = answer.header(b"virtual-council-request-id")
        if entry.fault or not entry.status:
            why = f"a behaviour was forced on it: {entry.fault}" if entry.fault else "it was never answered"
            return Outcome(
                entry, NOT_COMPARED, f"The recorded call says nothing: {why}", answer.status, request_id
            )
        differences = self._differences(entry, answer, apart)
        why = "Its recorded answer was cut, so that only the status was compared" if entry.answer_cut else ""
        outcome = DIFFERENT if differences else SAME
        return Outcome(entry, outcome, why, answer.status, request_id, tuple(differences))

    async def _move_clock(self, to: datetime) -> timedelta:
        """Move the clock to where it stood, and say how much later it stands if it was there already."""
        onto = self._onto
        if onto.clock.now < to:
            async with onto.turn():
                await asyncio.to_thread(onto.advance, to)
        return onto.clock.now - to

    def _differences(self, entry: Entry, answer: _Answer, apart: timedelta) -> list[str]:
        if answer.status != entry.status:
            said = answer.body[:300].decode("utf-8", "replace")
            return [f"status: was {entry.status}, is {answer.status} ({said})"]
        if entry.answer_cut:
            return []
        self._masking.begin()
        body = self._masking.body(answer.body, answer.headers)
        learning = entry.method not in ("GET", "HEAD") and entry.status < 300
        return Comparison(self._counterparts, apart, learning).of_bodies(entry.answer_body, body)

    async def _send(self, entry: Entry) -> _Answer:
        body = self._translated(entry.request_body)
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        await self._app(self._scope(entry, body), receive, send)
        if not messages:
            return _Answer(0, [], b"")
        sent = b"".join(each.get("body", b"") for each in messages[1:])
        return _Answer(messages[0]["status"], list(messages[0]["headers"]), sent)

    def _scope(self, entry: Entry, body: bytes) -> Scope:
        path, _, query = self._counterparts.translated(self._address(entry)).partition("?")
        pairs = header_pairs(entry.request_headers)
        headers = [(name, value) for name, value in pairs if name not in _NOT_SENT]
        host = dict(pairs).get("host", "127.0.0.1:8000")
        headers.append(("host", self._counterparts.translated(host)))
        if body:
            headers.append(("content-length", str(len(body))))
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": entry.method,
            "scheme": entry.scheme,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
            "server": None,
            "client": None,
        }
        if entry.caller is not None:
            scope[STAND_IN] = StandIn(Caller(entry.caller, frozenset(entry.scopes.split())), MASK)
        return scope

    def _address(self, entry: Entry) -> str:
        """The address of the call at this council, by path where it came at a port of the service's own."""
        at_host = f".{self._recorded}.localhost" in dict(header_pairs(entry.request_headers)).get("host", "")
        if at_host or entry.address.startswith(("/councils/", "/sandbox/")):
            return entry.address.replace(f"/councils/{self._recorded}/", f"/councils/{self._onto.name}/", 1)
        return f"/councils/{self._onto.name}/{entry.service}{entry.address}"

    def _translated(self, body: bytes) -> bytes:
        text = body.decode("utf-8", "surrogateescape")
        return self._counterparts.translated(text).encode("utf-8", "surrogateescape")


def why_left_out(entry: Entry, council: str) -> str:
    """Why a recorded call cannot be sent again, or should not be; empty where it can."""
    if entry.service == "sandbox":
        clock = f"/sandbox/councils/{council}/clock"
        if not entry.address.partition("?")[0].startswith(clock):
            return "Of the control API only calls of the clock are sent again"
    if entry.request_cut:
        return f"Its body was cut: {entry.request_bytes:,} bytes were sent, and only the beginning was kept"
    if entry.method == "HEAD" or entry.method == "OPTIONS":
        return "Only calls that read or write a record are sent again"
    return ""
