"""Live streams: news sent to whoever listens, as server-sent events that resume where they broke off.

An operation whose response class is FastAPI's ``EventSourceResponse`` yields what ``following`` gives. A
listener that lost its connection says in ``Last-Event-ID`` where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header
from fastapi.sse import ServerSentEvent

LARGEST_POSITION = 2**62

LastEventId = Annotated[
    int | None,
    Header(ge=0, le=LARGEST_POSITION, description="The position to go on after, sent by a client by itself."),
]


@dataclass(frozen=True, slots=True)
class News:
    """Something told on a stream: its position, and what is said, in JSON on one line."""

    position: int
    told: str


class Bell:
    """Wakes those who wait for news. It may be rung from any thread, and costs nothing where nobody waits."""

    def __init__(self) -> None:
        self.listening: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self.closed = False

    def ring(self) -> None:
        """Say that there may be news."""
        for rung, loop in list(self.listening.items()):
            # The loop may be closing when another thread rings for the last time.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(rung.set)

    def close(self) -> None:
        """Say that there will be no more news, so that whoever listens may go."""
        self.closed = True
        self.ring()

    @contextmanager
    def heard(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever the bell is rung, for a listener on the running loop."""
        rung = asyncio.Event()
        self.listening[rung] = asyncio.get_running_loop()
        if self.closed:
            rung.set()
        try:
            yield rung
        finally:
            del self.listening[rung]


async def rung_within(rung: asyncio.Event, seconds: float | None) -> bool:
    """Whether the bell is rung within so many seconds; None waits however long it takes."""
    with suppress(TimeoutError):
        await asyncio.wait_for(rung.wait(), seconds)
    return rung.is_set()


async def following(
    bell: Bell, read: Callable[[int], Awaitable[Sequence[News]]], after: int
) -> AsyncIterator[ServerSentEvent]:
    """All news after a position, until the bell is closed; ``read`` gives the next of them, in order."""
    with bell.heard() as rung:
        while not bell.closed:
            rung.clear()
            news = await read(after)
            for each in news:
                yield ServerSentEvent(raw_data=each.told, id=str(each.position))
                after = each.position
            if not news:
                await rung.wait()
