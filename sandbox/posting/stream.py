"""The live stream: a council's events as Server-Sent Events, as they happen.

The format is that of the HTML standard, section 9.2 ("Server-sent events").
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from sandbox import machine
from sandbox.posting.bell import Bells
from sandbox.posting.feed import Cursor, PositionGone, Wanted, end_of_feed, read_feed, restart_of
from sandbox.streaming import rung_within
from service_apis.kit.council import Council
from service_apis.kit.problems import Problem

HEARTBEAT_SECONDS = 15.0
"""The HTML standard advises a comment every 15 seconds or so, against proxies that cut silent connections."""
AT_A_TIME = 100
MOST_STREAMS = 100
"""How many streams one sandbox keeps open."""
RECONNECT_MS = 1_000


class TooManyStreams(Problem):
    """The sandbox keeps as many streams open as it may. End one that is no longer listened to."""

    status = 503


def announced(council: Council, after: str | None) -> Cursor:
    """Where a stream starts: after the cursor that was sent, or from now on.

    Raises PositionGone where a position lies beyond the end. A cursor of an undone past is let through: the
    stream itself tells of that, since a browser would not try again after a refusal.
    """
    if after is None:
        return end_of_feed(council)
    cursor = Cursor.read(after, council)
    if cursor.generation == council.generation:
        read_feed(council, cursor, Wanted(), 1)
    return cursor


class Stream(StreamingResponse):
    """The answer that does not end: events after a cursor, and then each as it happens."""

    def __init__(self, council: Council, bells: Bells, start: Cursor, wanted: Wanted, seconds: float) -> None:
        super().__init__(
            self._lines(seconds), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )
        self._council = council
        self._bells = bells
        self._cursor = start
        self._wanted = wanted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer until the caller leaves, the council is gone or the server stops."""
        self._bells.streams += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._bells.streams -= 1

    async def _lines(self, seconds: float) -> AsyncIterator[str]:
        yield f": events of {self._council.name}, a pretend council\n"
        yield f"retry: {RECONNECT_MS}\nid: {self._cursor}\n\n"
        bell = self._bells.of(self._council)
        ends = machine.seconds() + seconds
        try:
            while not bell.closed and (left := ends - machine.seconds()) > 0:
                with bell.heard() as rung:
                    async for line in self._news():
                        yield line
                    if not await rung_within(rung, min(left, HEARTBEAT_SECONDS)):
                        yield ": nothing new\n\n"
        except Problem as gone:
            yield f": {gone.detail}\n\n"

    async def _news(self) -> AsyncIterator[str]:
        """What has happened since, and what was undone."""
        more = True
        while more:
            try:
                news = read_feed(self._council, self._cursor, self._wanted, AT_A_TIME)
            except PositionGone:
                self._cursor = restart_of(self._council)
                undone = {"generation": self._council.generation, "after": str(self._cursor)}
                yield _line(self._cursor, undone, "rewound")
                continue
            for told in news.told:
                self._cursor = told.cursor
                yield _line(told.cursor, told.cloud_event)
            self._cursor = news.next
            more = len(news.told) == AT_A_TIME
            if more:
                await asyncio.sleep(0)  # a long past is not to keep other callers waiting


def _line(cursor: Cursor, data: object, name: str | None = None) -> str:
    called = f"event: {name}\n" if name else ""
    return f"id: {cursor}\n{called}data: {json.dumps(data, ensure_ascii=False)}\n\n"
